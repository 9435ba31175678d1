// What the settings of the target aws must be: what AWS would refuse later, in the middle of something, is refused here.
import { z } from "zod";
import type { Foundation, Target } from "../infra/args.ts";
import { fargateSize } from "../infra/ecs/fargate-size.ts";
import { FoundationOutputs } from "../infra/ecs/foundation-outputs.ts";

export interface AwsConfig {
  readonly region: string;
  /** What the deployments share: a stack's name, or ids of what is there already. */
  readonly foundation: string | Foundation;
}

/** Of the settings that were read, those that matter here. */
interface Read {
  readonly BERTH_TARGET: Target;
  readonly BERTH_AWS_REGION?: string | undefined;
  readonly BERTH_AWS_FOUNDATION?: string | Foundation | undefined;
  readonly BERTH_MEMORY_MIB: number;
  readonly BERTH_CPUS?: number | undefined;
}

export const awsRegion = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region of AWS, e.g. eu-central-1");

/** A stack's name is Pulumi's own, but for `_`: with it, its PostgreSQL backend mixes stacks up. */
export const awsFoundation = z.string().transform((text, context): string | Foundation => {
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  if (/^[A-Za-z0-9.-]{1,100}$/.test(text)) return text;
  if (!text.startsWith("{")) return refuse("must be the name of a stack (letters, digits, - and .) or JSON");
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return refuse("begins with { and is not JSON");
  }
  const parsed = FoundationOutputs.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".")} (${message})`);
  return refuse(`has parts that are missing or wrong: ${wrong.join(", ")}`);
});

/** Adds a mistake for each setting that AWS has no use for. */
export function checkAws(read: Read, mistakes: z.RefinementCtx): void {
  if (read.BERTH_TARGET !== "aws") return;
  const mistake = (setting: keyof Read, message: string) =>
    mistakes.addIssue({ code: "custom", path: [setting], message });
  const { BERTH_AWS_REGION: region, BERTH_AWS_FOUNDATION: foundation } = read;
  if (!region) mistake("BERTH_AWS_REGION", "is needed with BERTH_TARGET=aws, e.g. eu-central-1");
  if (region && typeof foundation === "object" && foundation.region !== region)
    mistake("BERTH_AWS_FOUNDATION", `is in ${foundation.region}, and BERTH_AWS_REGION is ${region}`);
  try {
    fargateSize(cpusOf(read), read.BERTH_MEMORY_MIB);
  } catch (error) {
    mistake(
      "BERTH_MEMORY_MIB",
      `${error instanceof Error ? error.message : error}. Set BERTH_CPUS to match.`,
    );
  }
}

/** Undefined unless the target is aws. */
export function awsConfig(read: Read): AwsConfig | undefined {
  const { BERTH_TARGET, BERTH_AWS_REGION: region, BERTH_AWS_FOUNDATION: given } = read;
  return BERTH_TARGET === "aws" && region ? { region, foundation: given ?? region } : undefined;
}

/** Fargate has few sizes: with the memory that is the default it has one CPU and no two. */
export function cpusOf({ BERTH_CPUS, BERTH_TARGET }: Read): number {
  return BERTH_CPUS ?? (BERTH_TARGET === "aws" ? 1 : 2);
}
