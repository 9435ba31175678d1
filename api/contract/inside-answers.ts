// What clients get of an assistant itself: what it uses, and who waits to be let in.
import { z } from "zod";
import type { UsageWithState } from "../../stacks/deployments/logs-and-usage.ts";
import type { Pairing as PendingPairing } from "../../stacks/deployments/pairing.ts";
import { named } from "./named-shapes.ts";

export const Usage = named(
  "Usage",
  z.strictObject({
    cpuCores: z.number().nullable().describe("Over the last second; on AWS over the last measured minute."),
    memoryBytes: z.number().nullable(),
    memoryLimitBytes: z.number(),
    receivedBytes: z.number().nullable().describe("Since the container has started; null on AWS."),
    sentBytes: z.number().nullable().describe("As receivedBytes."),
    restarts: z.int().nullable().describe("By the engine itself; null on AWS."),
    uptimeSeconds: z.number(),
    stateUsedBytes: z
      .number()
      .nullable()
      .describe("Of its data, at the last measurement; null until there was one, and on AWS."),
    stateLimitBytes: z.number().nullable().describe("Null where there is no limit, as on AWS."),
  }) satisfies z.ZodType<UsageWithState>,
  "What an assistant uses. On AWS, CPU and memory are null until CloudWatch has measured them.",
);

export const Pairing = named(
  "Pairing",
  z.strictObject({
    code: z.string(),
    userId: z.string(),
    name: z.string().nullable(),
    requestedAt: z.string(),
  }) satisfies z.ZodType<PendingPairing>,
);

export const ApprovedPairing = named(
  "ApprovedPairing",
  z.strictObject({
    deploymentId: z.uuid(),
    code: z.string(),
    isNotified: z.boolean().describe("Whether the user was told so in the chat."),
  }),
);
