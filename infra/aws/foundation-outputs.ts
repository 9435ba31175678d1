// The foundation as it is handed over: outputs of its stack, or ids that an operator gives. Checked before it is believed.
import { z } from "zod";
import type { Foundation } from "./args.ts";

const id = z.string().min(1);
const arn = z.string().startsWith("arn:");

const FoundationOutputs = z.strictObject({
  region: id,
  accountId: z.string().regex(/^\d{12}$/, "must be an account's number of 12 digits"),
  vpcId: z.string().startsWith("vpc-"),
  subnetIds: z.array(z.string().startsWith("subnet-")).min(1),
  clusterArn: arn,
  fileSystemId: z.string().startsWith("fs-"),
  fileSystemSecurityGroupId: z.string().startsWith("sg-"),
  logGroupName: id,
  executionRoleArn: arn,
  kmsKeyArn: arn,
  eraserTaskFamily: id,
  eraserSecurityGroupId: z.string().startsWith("sg-"),
  transfer: z.strictObject({ bucket: id, image: id }).optional(),
}) satisfies z.ZodType<Foundation>;

/** @throws Error that names each part that is missing or wrong. */
export function parseFoundation(given: unknown): Foundation {
  const parsed = FoundationOutputs.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".")} (${message})`);
  throw new Error(`parts are missing or wrong: ${wrong.join(", ")}`);
}
