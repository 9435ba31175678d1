// What the settings of the target aws must be: what AWS would refuse later, in the middle of something, is refused here.
import { z } from "zod";
import type { Foundation } from "../../infra/aws/args.ts";
import { fargateSize } from "../../infra/aws/fargate-size.ts";
import { parseFoundation } from "../../infra/aws/foundation-outputs.ts";
import type { AwsRegion } from "../../infra/aws/place.ts";
import { targetNamed } from "../../infra/targets.ts";

const TARGET = "aws";

/** Of the settings that were read, those that matter here. */
interface Read {
  readonly BERTH_TARGET: readonly string[];
  readonly BERTH_AWS_REGION?: readonly string[] | undefined;
  readonly BERTH_AWS_FOUNDATION?: string | readonly Foundation[] | undefined;
  readonly BERTH_MEMORY_MIB: number;
  readonly BERTH_CPUS?: number | undefined;
}

const region = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region of AWS, e.g. eu-central-1, or several with commas");

/** The first is that of slots that ask for none. */
export const awsRegions = z
  .string()
  .transform((text) => text.split(",").map((one) => one.trim()))
  .pipe(z.array(region))
  .refine((regions) => new Set(regions).size === regions.length, "must not name a region twice");

/** A stack's name is Pulumi's own, but for `_`: with it, its PostgreSQL backend mixes stacks up. JSON may be a list. */
export const awsFoundation = z.string().transform((text, context): string | Foundation[] => {
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  if (/^[A-Za-z0-9.-]{1,100}$/.test(text)) return text;
  if (!/^[{[]/.test(text)) return refuse("must be the name of a stack (letters, digits, - and .) or JSON");
  try {
    return [JSON.parse(text)].flat().map(parseFoundation);
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(`begins with ${text[0]} and is not JSON`);
    return refuse(`is JSON whose ${error instanceof Error ? error.message : error}`);
  }
});

/** Adds a mistake for each setting that AWS has no use for. */
export function checkAws(read: Read, mistakes: z.RefinementCtx): void {
  if (!read.BERTH_TARGET.includes(TARGET)) return;
  const mistake = (setting: keyof Read, message: string) =>
    mistakes.addIssue({ code: "custom", path: [setting], message });
  const { BERTH_AWS_REGION: regions, BERTH_AWS_FOUNDATION: given } = read;
  if (!regions) mistake("BERTH_AWS_REGION", "is needed with BERTH_TARGET=aws, e.g. eu-central-1");
  if (regions && regions.length > 1 && typeof given === "string")
    mistake("BERTH_AWS_FOUNDATION", "names one stack for several regions: leave it out, or give a JSON list");
  if (regions && typeof given === "object") {
    const places = given.map(({ region }) => region);
    if (places.toSorted().join() !== regions.toSorted().join())
      mistake("BERTH_AWS_FOUNDATION", `is in ${places}, and BERTH_AWS_REGION is ${regions}`);
  }
  try {
    fargateSize(read.BERTH_CPUS ?? targetNamed(TARGET).defaults.cpus, read.BERTH_MEMORY_MIB);
  } catch (error) {
    mistake(
      "BERTH_MEMORY_MIB",
      `${error instanceof Error ? error.message : error}. Set BERTH_CPUS to match.`,
    );
  }
}

/** None unless aws is among the targets. */
export function awsConfig(read: Read): AwsRegion[] {
  const { BERTH_TARGET, BERTH_AWS_REGION: regions = [], BERTH_AWS_FOUNDATION: given } = read;
  if (!BERTH_TARGET.includes(TARGET)) return [];
  return regions.map((region) => {
    if (typeof given === "string") return { target: TARGET, region, foundation: given };
    const foundation = given?.find((one) => one.region === region) ?? region;
    return { target: TARGET, region, foundation };
  });
}
