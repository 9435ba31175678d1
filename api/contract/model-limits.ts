// What a customer, or a view, says of how much an assistant may use of its models.
import { z } from "zod";
import type { ModelLimits as Limits } from "../../stacks/settings.ts";
import { named } from "./call.ts";

const usd = z.number().min(0).max(1_000_000);
const tokens = z.int().min(0).max(1_000_000_000_000);
const window = z
  .strictObject({ usd: usd.optional(), tokens: tokens.optional() })
  .describe("US dollars, and tokens of input and output together; what is left out is not limited.");

export const ModelLimits = named(
  "ModelLimits",
  z.strictObject({
    month: window.optional(),
    day: window.optional(),
    minute: window.optional(),
    requestsAtOnce: z.int().min(1).max(10_000).optional(),
  }),
  "How much an assistant may use of its models by calendar month, day and minute (UTC). The operator's own limits hold as well.",
) satisfies z.ZodType<Limits>;
