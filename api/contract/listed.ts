// Deployments as lists and streams show them.
import { z } from "zod";
import { STATUSES, type Status } from "../../stacks/lifecycle.ts";
import * as answers from "./answers.ts";
import { named } from "./call.ts";
import { ListQuery } from "./requests.ts";
import { windowUse } from "./usage.ts";

const KEPT_STATUSES = STATUSES.filter((status): status is Exclude<Status, "deleted"> => status !== "deleted");

const search = z
  .string()
  .max(100)
  .regex(/^[^\0]*$/, "must not have the character U+0000")
  .transform((text) => text.trim() || undefined)
  .optional()
  .describe(
    "A part of the name, the model (`provider/model`) or the bot's number, or the beginning of the id.",
  );

/** One status, or several. */
const status = z
  .union([
    z.enum(KEPT_STATUSES).transform((one) => [one]),
    z.array(z.enum(KEPT_STATUSES)).min(1).max(KEPT_STATUSES.length),
  ])
  .optional();

export const DeploymentsQuery = z.strictObject({ ...ListQuery.shape, search, status });

export const TotalsQuery = z.strictObject({ search });

/** What is known of a deployment without asking its assistant, as its status has it. */
export const listedFields = {
  operation: answers.Operation.nullable().describe("The latest one."),
  drift: answers.Drift.nullable(),
  warning: answers.Warning.nullable(),
  lastActivityAt: z
    .date()
    .describe("Of its last message, answer or operation, whichever was later; else when it was bought."),
  present: z
    .strictObject({ month: windowUse, day: windowUse })
    .describe("What it has used of its models this month and this day (UTC), against its limits."),
};

export const ListedDeployment = named(
  "ListedDeployment",
  z.strictObject({ ...answers.Deployment.shape, account: z.string(), ...listedFields }),
);

export const StatusTotals = named(
  "StatusTotals",
  z.strictObject({
    total: z.int(),
    byStatus: z.strictObject(Object.fromEntries(KEPT_STATUSES.map((one) => [one, z.int()])) as Counts),
  }),
  "How many deployments there are, without the deleted ones.",
);
type Counts = Record<(typeof KEPT_STATUSES)[number], z.ZodInt>;
