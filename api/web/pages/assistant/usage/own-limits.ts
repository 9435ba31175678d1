// The customer's own limits, between the API's shape and the form's.
import type { components } from "../../../api/types.ts";

type ModelLimits = components["schemas"]["ModelLimits"];

/** An empty text is no limit. */
type Field = number | "";

export interface LimitFields extends Record<string, unknown> {
  readonly month: { readonly usd: Field; readonly tokens: Field };
  readonly day: { readonly usd: Field; readonly tokens: Field };
  readonly minute: { readonly usd: Field; readonly tokens: Field };
  readonly requestsAtOnce: Field;
}

const WINDOWS = ["month", "day", "minute"] as const;

export function fieldsOf(limits: ModelLimits | null): LimitFields {
  const window = (key: (typeof WINDOWS)[number]) => ({
    usd: limits?.[key]?.usd ?? ("" as const),
    tokens: limits?.[key]?.tokens ?? ("" as const),
  });
  return {
    month: window("month"),
    day: window("day"),
    minute: window("minute"),
    requestsAtOnce: limits?.requestsAtOnce ?? "",
  };
}

/** Null where every field is empty: that removes them all. */
export function limitsOf(fields: LimitFields): ModelLimits | null {
  const limits: ModelLimits = {};
  for (const key of WINDOWS) {
    const { usd, tokens } = fields[key];
    if (usd === "" && tokens === "") continue;
    limits[key] = { ...(usd !== "" && { usd }), ...(tokens !== "" && { tokens }) };
  }
  if (fields.requestsAtOnce !== "") limits.requestsAtOnce = fields.requestsAtOnce;
  return Object.keys(limits).length === 0 ? null : limits;
}
