// What assistants have used of their models, for people: totals by day, model or deployment.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { MICRODOLLARS } from "./limits.ts";

export const GROUPS = ["day", "model", "deployment"] as const;
export type Group = (typeof GROUPS)[number];

export interface Period {
  /** Days in UTC, `YYYY-MM-DD`; both are part of it. */
  readonly from: string;
  readonly to: string;
}

export interface UsageTotal {
  readonly requests: number;
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrites: number;
  readonly output: number;
  /** What counts for limits: input and output, or the worst where a provider has not said. */
  readonly tokens: number;
  readonly usd: number;
  /** Requests to models whose price isn't known: they cost more than `usd` says. */
  readonly unpricedRequests: number;
}

export interface UsageRow extends UsageTotal {
  readonly day: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly deploymentId: string | null;
}

/** Whose usage: one deployment's, an account's, or everybody's. */
export type Whose = { readonly deploymentId: string } | { readonly accountId: string | undefined };

const COLUMNS: Readonly<Record<Group, readonly ("day" | "provider" | "model" | "deployment_id")[]>> = {
  day: ["day"],
  model: ["provider", "model"],
  deployment: ["deployment_id"],
};

/** Rows in order of what they are grouped by; the dearest first where that is not time. */
export async function usageRows(
  sql: Sql,
  whose: Whose,
  { from, to }: Period,
  by: Group,
): Promise<UsageRow[]> {
  const columns = COLUMNS[by].map((name) => raw.ref(`usage.${name}`));
  const grouped = raw.join(columns);
  const selected = raw.join([
    by === "day" ? raw`to_char(usage.day, 'YYYY-MM-DD') as day` : raw`null as day`,
    by === "model" ? raw`usage.provider, usage.model` : raw`null as provider, null as model`,
    by === "deployment" ? raw`usage.deployment_id as "deploymentId"` : raw`null as "deploymentId"`,
  ]);
  const order = by === "day" ? raw`1` : raw`microdollars desc, tokens desc, requests desc`;
  const { rows } = await raw<Omit<UsageRow, "usd"> & { readonly microdollars: number }>`
    select ${selected}, sum(requests) as requests, sum(input) as input, sum(cached_input) as "cachedInput",
      sum(cache_writes) as "cacheWrites", sum(output) as output, sum(counted_tokens) as tokens,
      sum(microdollars) as microdollars, sum(unpriced_requests) as "unpricedRequests"
    from model_usage_days as usage
    where usage.day between ${from}::date and ${to}::date and ${isOf(whose)}
    group by ${grouped} order by ${order}`.execute(sql);
  return rows.map(({ microdollars, ...row }) => ({ ...row, usd: microdollars / MICRODOLLARS }));
}

function isOf(whose: Whose) {
  if ("deploymentId" in whose) return raw<boolean>`usage.deployment_id = ${whose.deploymentId}`;
  if (whose.accountId === undefined) return raw<boolean>`true`;
  return raw<boolean>`usage.deployment_id in (select id from deployments where account_id = ${whose.accountId})`;
}

export function totalOf(rows: readonly UsageRow[]): UsageTotal {
  const sum = (name: keyof UsageTotal) => rows.reduce((total, row) => total + row[name], 0);
  return {
    requests: sum("requests"),
    input: sum("input"),
    cachedInput: sum("cachedInput"),
    cacheWrites: sum("cacheWrites"),
    output: sum("output"),
    tokens: sum("tokens"),
    usd: Math.round(sum("usd") * MICRODOLLARS) / MICRODOLLARS,
    unpricedRequests: sum("unpricedRequests"),
  };
}
