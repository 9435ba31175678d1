// How much there is of everything, for the operator's monitoring. Operations are counted as they end: their records are
// forgotten later, and a count must not go down.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import type { OperationKind } from "../lifecycle.ts";

/** Upper bounds of the the histogram's classes; what takes longer is in a class of its own. */
export const DURATION_BOUNDS_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300] as const;

export interface OperationCount {
  readonly kind: string;
  readonly outcome: string;
  /** Index into the bounds; their number for what took longer. */
  readonly duration_class: number;
  readonly count: number;
  /** All of them together. */
  readonly seconds: number;
}

/** Counts an operation that has ended. Call it last in its transaction: others that end wait for the row. */
export async function countOperation(
  trx: Sql,
  { kind, outcome, seconds }: { kind: OperationKind; outcome: string; seconds: number },
): Promise<void> {
  const found = DURATION_BOUNDS_SECONDS.findIndex((bound) => seconds <= bound);
  const duration_class = found < 0 ? DURATION_BOUNDS_SECONDS.length : found;
  await trx
    .insertInto("operation_counts")
    .values({ kind, outcome, duration_class, count: 1, seconds })
    .onConflict((conflict) =>
      conflict.columns(["kind", "outcome", "duration_class"]).doUpdateSet({
        count: raw`operation_counts.count + 1`,
        seconds: raw`operation_counts.seconds + excluded.seconds`,
      }),
    )
    .execute();
}

export interface Tally {
  readonly deployments: readonly { readonly name: string; readonly count: number }[];
  /** Queued and running ones. */
  readonly liveOperations: readonly { readonly name: string; readonly count: number }[];
  readonly pendingCallbacks: number;
  /** Paid slots whose assistant waits for its activation. */
  readonly prebooted: number;
  readonly operations: readonly OperationCount[];
}

/** Everything in one statement. */
export async function takeTally(sql: Sql): Promise<Tally> {
  const { rows } = await raw<{ what: string; name: string; count: number } & Partial<OperationCount>>`
    select 'deployments' as what, status as name, count(*)::float8 as count,
      null as kind, null as outcome, null::int as duration_class, null::float8 as seconds
      from deployments group by status
    union all select 'live', o.state, count(*)::float8, null, null, null, null
      from operations o where o.state in ('queued', 'running') group by o.state
    union all select 'callbacks', 'pending', count(*)::float8, null, null, null, null
      from callbacks where state = 'pending'
    union all select 'prebooted', 'waiting', count(*)::float8, null, null, null, null
      from deployments where preboot_until is not null and status = 'purchased' and outputs->>'status' = 'waiting'
    union all select 'operations', '', count::float8, kind, outcome, duration_class, seconds
      from operation_counts`.execute(sql);
  const named = (what: string) => rows.filter((row) => row.what === what);
  return {
    deployments: named("deployments"),
    liveOperations: named("live"),
    pendingCallbacks: named("callbacks")[0]?.count ?? 0,
    prebooted: named("prebooted")[0]?.count ?? 0,
    operations: named("operations") as unknown as OperationCount[],
  };
}
