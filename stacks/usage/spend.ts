// What a deployment has used in the present month, day and minute, as its row is changed within a transaction.
import { sql as raw, type Selectable } from "kysely";
import type { Sql } from "../database/database.ts";
import type { DeploymentTable } from "../database/deployment-table.ts";
import type { ModelRequestTable, ModelSpendTable } from "../database/model-usage-tables.ts";
import { LIMIT_WINDOWS } from "../settings.ts";
import { figuresOf } from "./figures.ts";
import { type Spent, windowNames } from "./limits.ts";

/** Not yet written. */
export type Spend = {
  -readonly [column in keyof Selectable<ModelSpendTable>]: Selectable<ModelSpendTable>[column];
};

/** A deployment that asks, or has asked. */
export interface Booked extends Selectable<ModelSpendTable> {
  readonly hashes: string[];
  readonly stops: string[];
  readonly now: Date;
  readonly account_id: string;
  readonly status: DeploymentTable["status"];
  readonly payment: Selectable<DeploymentTable>["payment"];
  readonly api_mode: DeploymentTable["api_mode"];
  readonly model_provider: string | null;
  readonly base_url: string | null;
  readonly model_api_key: string | null;
  readonly model_limits: Selectable<DeploymentTable>["model_limits"];
  readonly limit_warning: Selectable<DeploymentTable>["limit_warning"];
}

type Row = Selectable<ModelRequestTable>;
type Dated = Spend & { readonly now: Date };

/**
 * Begins the present month, day and minute for those whose counters are of other ones. Months and days are summed up again: a
 * clock that was wrong for a while loses nothing.
 */
export async function rollOver(trx: Sql, spends: readonly Dated[]): Promise<void> {
  const gone = spends.filter(isOfOtherWindows);
  const [first] = gone;
  if (!first) return;
  const names = windowNames(first.now);
  const ids = gone.map(({ deployment_id }) => deployment_id);
  const { rows } = await raw<Sums>`
    select deployment_id, sum(counted_tokens) as month_tokens, sum(microdollars) as month_microdollars,
      coalesce(sum(counted_tokens) filter (where day = ${names.day}::date), 0) as day_tokens,
      coalesce(sum(microdollars) filter (where day = ${names.day}::date), 0) as day_microdollars
    from model_usage_days where deployment_id = any(${ids}::uuid[])
      and day >= ${`${names.month}-01`}::date and day < (${`${names.month}-01`}::date + interval '1 month')
    group by deployment_id`.execute(trx);
  const sums = new Map(rows.map((row) => [row.deployment_id, row]));
  for (const spend of gone)
    Object.assign(spend, NOTHING, sums.get(spend.deployment_id), minuteOf(spend, names.minute), names);
}

function isOfOtherWindows(spend: Dated): boolean {
  const names = windowNames(spend.now);
  return LIMIT_WINDOWS.some((window) => spend[window] !== names[window]);
}

interface Sums {
  readonly deployment_id: string;
  readonly month_tokens: number;
  readonly month_microdollars: number;
  readonly day_tokens: number;
  readonly day_microdollars: number;
}

const NOTHING = { month_tokens: 0, month_microdollars: 0, day_tokens: 0, day_microdollars: 0 };

function minuteOf(spend: Spend, minute: string) {
  return spend.minute === minute ? {} : { minute_tokens: 0, minute_microdollars: 0 };
}

/** One more request is under way. */
export function reserve(
  spend: Spend,
  worst: { readonly tokens: number; readonly microdollars: number | null },
): void {
  spend.open_requests += 1;
  spend.open_tokens += worst.tokens;
  spend.open_microdollars += worst.microdollars ?? 0;
}

/** A request has ended: it counts in the month and the day in which it was sent, and in the minute in which it ends. */
export function add(spend: Dated, before: Row, ended: Row): void {
  const [was, is] = [figuresOf(before), figuresOf(ended)];
  const tokens = is.counted_tokens - was.counted_tokens;
  const microdollars = is.microdollars - was.microdollars;
  const sent = windowNames(before.at);
  for (const window of LIMIT_WINDOWS) {
    if (window !== "minute" && sent[window] !== spend[window]) continue;
    spend[`${window}_tokens`] += tokens;
    spend[`${window}_microdollars`] += microdollars;
  }
  if (before.state !== "open") return;
  spend.open_requests -= 1;
  spend.open_tokens -= before.worst_tokens;
  spend.open_microdollars -= before.worst_microdollars ?? 0;
}

export function spentOf(spend: Spend): Spent {
  const amount = (window: (typeof LIMIT_WINDOWS)[number]) => ({
    tokens: spend[`${window}_tokens`],
    microdollars: spend[`${window}_microdollars`],
  });
  return {
    used: { month: amount("month"), day: amount("day"), minute: amount("minute") },
    open: {
      requests: spend.open_requests,
      tokens: spend.open_tokens,
      microdollars: spend.open_microdollars,
    },
  };
}

const COLUMNS = ["month", "day", "minute"].flatMap((window) => [
  window,
  `${window}_tokens`,
  `${window}_microdollars`,
]);

/** The row as it is to be written. */
export function columnsOf(spend: Spend): Record<string, unknown> {
  const names = ["deployment_id", ...COLUMNS, "open_requests", "open_tokens", "open_microdollars"];
  return Object.fromEntries(names.map((name) => [name, spend[name as keyof Spend]]));
}
