// What clients get of an assistant itself: what it uses, and who waits to be let in.
import { z } from "zod";
import type { Usage as MeasuredUsage } from "../infra/usage.ts";
import type { Pairing as PendingPairing } from "../stacks/pairing.ts";
import { named } from "./named-shapes.ts";

export const Usage = named(
  "Usage",
  z.strictObject({
    cpuCores: z.number().describe("Over the last second."),
    memoryBytes: z.number(),
    memoryLimitBytes: z.number(),
    receivedBytes: z.number().describe("Since the container has started."),
    sentBytes: z.number(),
    restarts: z.int(),
    uptimeSeconds: z.number(),
  }) satisfies z.ZodType<MeasuredUsage>,
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
  z.strictObject({ deploymentId: z.uuid(), code: z.string() }),
);
