// Calls about what assistants use of their models, and how much they may.
import { z } from "zod";
import { MODEL_PROVIDERS } from "../../infra/assistant/openclaw.ts";
import type { WindowUse as Use } from "../../stacks/usage/present.ts";
import { GROUPS, type UsageRow as Row } from "../../stacks/usage/reports.ts";
import { type ApiCall, data, listOf, named } from "./call.ts";
import { baseUrl } from "./requests.ts";

const GATEWAY = "/api/v1/model-gateway";
const LONGEST_DAYS = 366;
const DAY_MS = 86_400_000;

const day = z.iso.date({ error: "must be a day, e.g. 2026-01-31" });

const period = {
  from: day.optional().describe("First day (UTC); the first one of this month if it is left out."),
  to: day.optional().describe("Last day (UTC); today if it is left out."),
};

interface Days {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

function isPeriod({ from, to }: Days): boolean {
  if (from === undefined || to === undefined) return true;
  return from <= to && Date.parse(to) - Date.parse(from) < LONGEST_DAYS * DAY_MS;
}
const MISTAKEN_PERIOD = `must be the first and the last day of ${LONGEST_DAYS} days at most`;

export const UsageQuery = z
  .strictObject({ ...period, by: z.enum(["day", "model"]).default("day") })
  .refine(isPeriod, MISTAKEN_PERIOD);
export const AccountUsageQuery = z
  .strictObject({ ...period, by: z.enum(GROUPS).default("day"), account: z.string().max(100).optional() })
  .refine(isPeriod, MISTAKEN_PERIOD);

export const ModelStopBody = z
  .strictObject({
    provider: z
      .enum([...MODEL_PROVIDERS, "all"])
      .default("all")
      .describe("One provider, or all of them."),
  })
  .prefault({});

export const ModelsQuery = z.strictObject({
  provider: z.enum(MODEL_PROVIDERS),
  deployment: z.uuid().optional().describe("Of mode byok: what its own key can use."),
  baseUrl: baseUrl
    .optional()
    .describe("Of an openai-compatible server, without a deployment: what it shows without a key."),
});

export const OfferedModel = named(
  "OfferedModel",
  z.strictObject({
    provider: z.enum(MODEL_PROVIDERS),
    id: z.string(),
    name: z.string(),
    inputUsdPerMillion: z
      .number()
      .nullable()
      .describe("US dollars for a million tokens of plain input; null where the price isn't known."),
    outputUsdPerMillion: z.number().nullable(),
  }),
);

const total = {
  requests: z.number(),
  input: z.number().describe("Tokens, with what was read from the provider's cache and written to it."),
  cachedInput: z.number(),
  cacheWrites: z.number(),
  output: z.number(),
  tokens: z
    .number()
    .describe(
      "What counts for limits: input and output, or the most it can have been where a provider has not said.",
    ),
  usd: z.number(),
  unpricedRequests: z.number().describe("Requests to models whose price isn't known; `usd` is without them."),
};

const UsageRow = named(
  "UsageRow",
  z.strictObject({
    day: z.string().nullable(),
    provider: z.string().nullable(),
    model: z.string().nullable(),
    deploymentId: z.uuid().nullable(),
    ...total,
  }) satisfies z.ZodType<Row>,
  "What the rows are not grouped by is null.",
);

export const windowUse = z.strictObject({
  tokens: z.number(),
  usd: z.number(),
  limitTokens: z.number().nullable(),
  limitUsd: z.number().nullable(),
  until: z.date(),
}) satisfies z.ZodType<Use>;

const base = { from: z.string(), to: z.string(), rows: z.array(UsageRow), total: z.strictObject(total) };

export const ModelUsage = named(
  "ModelUsage",
  z.strictObject({
    ...base,
    present: z.strictObject({ month: windowUse, day: windowUse, minute: windowUse }),
    openRequests: z.int().describe("Under way now."),
    requestsAtOnce: z.int().nullable(),
  }),
  "What an assistant has used of its models, as its providers say, and what of its limits that is.",
);
export const AccountUsage = named("AccountUsage", z.strictObject(base));

const ModelStop = named("ModelStop", z.strictObject({ provider: z.string(), since: z.date() }));

export const USAGE_CALLS = {
  usage: {
    method: "get",
    path: "/api/v1/assistants/:id/usage",
    tag: "Usage",
    summary: "What an assistant has used of its models, by day or model.",
    query: UsageQuery,
    answers: { 200: data(ModelUsage) },
    errors: ["NOT_FOUND"],
  },
  accountUsage: {
    method: "get",
    path: "/api/v1/usage",
    tag: "Usage",
    summary: "The same of all the account's assistants; the operator: of everybody's, or of `?account=`.",
    query: AccountUsageQuery,
    answers: { 200: data(AccountUsage) },
    errors: ["NOT_FOUND"],
  },
  models: {
    method: "get",
    path: "/api/v1/models",
    tag: "Usage",
    summary:
      "Models that a provider has for the operator's key, or for a deployment's own; read every ten minutes.",
    query: ModelsQuery,
    answers: { 200: listOf(OfferedModel) },
    errors: ["NOT_FOUND", "UNAVAILABLE"],
  },
  listModelStops: {
    method: "get",
    path: `${GATEWAY}/stops`,
    tag: "Usage",
    summary: "The operator: providers that no assistant may ask now.",
    answers: { 200: listOf(ModelStop) },
    errors: [],
  },
  stopModels: {
    method: "post",
    path: `${GATEWAY}/stop`,
    tag: "Usage",
    summary: "The operator: refuse all requests to models, or to those of one provider, at once.",
    body: ModelStopBody,
    answers: { 200: listOf(ModelStop) },
    errors: [],
  },
  resumeModels: {
    method: "post",
    path: `${GATEWAY}/resume`,
    tag: "Usage",
    summary: "The operator: let them through again.",
    body: ModelStopBody,
    answers: { 200: listOf(ModelStop) },
    errors: [],
  },
} as const satisfies Record<string, ApiCall>;
