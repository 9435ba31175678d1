// Books a batch of requests to models in one transaction: decides about those that are asked for, and counts those that
// have ended. The row of a deployment's spend is locked, so its limits hold over all gateways.
import { sql as raw, type Selectable } from "kysely";
import type { ModelOutcome, ModelRequest } from "../../infra/gateway/access.ts";
import type { Sql } from "../database/database.ts";
import type { ModelRequestTable } from "../database/model-usage-tables.ts";
import { type Decision, decide, type Judging } from "./decide.ts";
import { FIGURES, type Figures, figuresOf, UNCOUNTED } from "./figures.ts";
import { noteLimits } from "./limit-warnings.ts";
import { insertRequests, type OpenRequest, openRequest, writeRequests } from "./request-rows.ts";
import { add, type Booked, columnsOf, reserve, rollOver, type Spend } from "./spend.ts";

export interface Ask {
  /** Of its row, if it is admitted. */
  readonly id: string;
  readonly hash: string;
  readonly request: ModelRequest;
}

export interface Settlement {
  readonly id: string;
  /** Undefined if its gateway ended before it: its worst counts. */
  readonly outcome: ModelOutcome | undefined;
}

export interface Batch {
  readonly asks: readonly Ask[];
  readonly settlements: readonly Settlement[];
  /** Requests that were sent while the database was away. */
  readonly late?: readonly OpenRequest[];
  /** Deployments whose limits are looked at again beside that. */
  readonly renewed?: readonly string[];
}

export interface Booking {
  /** About each of the asks, in their order. */
  readonly decisions: readonly Decision[];
  /** Of those that have asked, as it is now. */
  readonly askers: readonly (Spend & Booked)[];
}

export async function book(sql: Sql, batch: Batch, judging: Judging): Promise<Booking> {
  return sql.transaction().execute(async (trx) => {
    const rows = await lockSpend(trx, batch);
    const spends = new Map(rows.map((row) => [row.deployment_id, { ...row } as Spend & Booked]));
    await rollOver(trx, [...spends.values()]);
    await recordLate(trx, batch.late ?? [], spends);
    await settle(trx, batch.settlements, spends);
    const askers = [...spends.values()];
    const decisions = batch.asks.map(({ hash, request }) =>
      decide(
        askers.find(({ hashes }) => hashes.includes(hash)),
        request,
        judging,
      ),
    );
    await insertRequests(trx, openedBy(batch.asks, decisions, judging.gatewayId));
    if (spends.size > 0) await writeSpend(trx, askers);
    for (const spend of askers) await noteLimits(trx, spend, judging.limits);
    return { decisions, askers };
  });
}

/** The rows of what was admitted. */
export function openedBy(
  asks: readonly Ask[],
  decisions: readonly Decision[],
  gatewayId: string,
): OpenRequest[] {
  return asks.flatMap(({ id, request }, at) => {
    const decision = decisions[at];
    return decision && !("refusal" in decision) && request.model !== null
      ? [openRequest(id, request, decision, gatewayId)]
      : [];
  });
}

/** Some may be on record already: the database went away after it had written them. */
async function recordLate(
  trx: Sql,
  late: readonly OpenRequest[],
  spends: ReadonlyMap<string, Spend>,
): Promise<void> {
  const recorded = await insertRequests(trx, late);
  for (const { id, deployment_id, worst_tokens: tokens, worst_microdollars: microdollars } of late) {
    const spend = spends.get(deployment_id);
    if (spend && recorded.has(id)) reserve(spend, { tokens, microdollars });
  }
}

async function lockSpend(trx: Sql, { asks, settlements, late = [], renewed = [] }: Batch): Promise<Booked[]> {
  const hashes = [...new Set(asks.map(({ hash }) => hash))];
  const ids = [...new Set([...late.map(({ deployment_id }) => deployment_id), ...renewed])];
  const ended = settlements.map(({ id }) => id);
  const { rows } = await raw<Booked>`
    select spend.*, now() as now, deployments.account_id, deployments.status, deployments.payment,
      deployments.api_mode, deployments.model_provider, deployments.base_url, deployments.model_api_key,
      deployments.model_limits, deployments.limit_warning,
      array(select hash from model_tokens where model_tokens.deployment_id = spend.deployment_id) as hashes,
      array(select provider from model_stops) as stops
    from model_spend as spend join deployments on deployments.id = spend.deployment_id
    where spend.deployment_id in (select deployment_id from model_tokens where hash = any(${hashes}::text[]))
      or spend.deployment_id in (select deployment_id from model_requests where id = any(${ended}::uuid[]))
      or spend.deployment_id = any(${ids}::uuid[])
    order by spend.deployment_id for update of spend`.execute(trx);
  return rows;
}

/** Counts what has ended, each once: what was counted for it before is taken back. */
async function settle(
  trx: Sql,
  settlements: readonly Settlement[],
  spends: ReadonlyMap<string, Spend & Booked>,
): Promise<void> {
  if (settlements.length === 0) return;
  const ids = settlements.map(({ id }) => id);
  const found = await trx.selectFrom("model_requests").selectAll().where("id", "in", ids).execute();
  const before = new Map(found.map((row) => [row.id, row]));
  const after = settlements.flatMap(({ id, outcome }) => {
    const row = before.get(id);
    if (!row || row.state === "settled" || (row.state === "lost" && !outcome)) return [];
    const ended = counted(row, outcome);
    const spend = spends.get(row.deployment_id);
    if (spend) add(spend, row, ended);
    return [{ row, ended }];
  });
  if (after.length === 0) return;
  await writeRequests(
    trx,
    after.map(({ ended }) => ended),
  );
  await addToDays(trx, after);
}

type Row = Selectable<ModelRequestTable>;

function counted(row: Row, outcome: ModelOutcome | undefined): Row {
  const { usage } = outcome ?? { usage: null };
  const worst = { tokens: row.worst_tokens, microdollars: row.worst_microdollars };
  return {
    ...row,
    state: outcome ? "settled" : "lost",
    input: usage?.input ?? 0,
    cached_input: usage?.cachedInput ?? 0,
    cache_writes: usage?.cacheWrites ?? 0,
    output: usage?.output ?? 0,
    counted_tokens: usage ? usage.input + usage.output : worst.tokens,
    microdollars: usage && outcome ? outcome.microdollars : worst.microdollars,
    status: outcome?.status ?? null,
    duration_ms: outcome ? Math.round(outcome.durationMs) : null,
  };
}

/** What came to be counted is added; what was counted before, for one that was taken for lost, is taken off. */
async function addToDays(
  trx: Sql,
  changes: readonly { readonly row: Row; readonly ended: Row }[],
): Promise<void> {
  const totals = new Map<string, ReturnType<typeof dayOf> & Figures>();
  for (const { row, ended } of changes) {
    const day = dayOf(row);
    const key = Object.values(day).join("\n");
    const total = totals.get(key) ?? { ...day, ...UNCOUNTED };
    const [before, after] = [figuresOf(row), figuresOf(ended)];
    for (const name of FIGURES) total[name] += after[name] - before[name];
    totals.set(key, total);
  }
  await raw`
    insert into model_usage_days as total (deployment_id, day, provider, model, requests, input, cached_input, cache_writes,
      output, counted_tokens, microdollars, unpriced_requests)
    select * from jsonb_to_recordset(${JSON.stringify([...totals.values()])}::jsonb) as new(deployment_id uuid, day date,
      provider text, model text, requests float8, input float8, cached_input float8, cache_writes float8, output float8,
      counted_tokens float8, microdollars float8, unpriced_requests float8)
    on conflict (deployment_id, day, provider, model) do update set requests = total.requests + excluded.requests,
      input = total.input + excluded.input, cached_input = total.cached_input + excluded.cached_input,
      cache_writes = total.cache_writes + excluded.cache_writes, output = total.output + excluded.output,
      counted_tokens = total.counted_tokens + excluded.counted_tokens,
      microdollars = total.microdollars + excluded.microdollars,
      unpriced_requests = total.unpriced_requests + excluded.unpriced_requests`.execute(trx);
}

function dayOf({ deployment_id, at, provider, model }: Row) {
  return { deployment_id, day: at.toISOString().slice(0, 10), provider, model };
}

async function writeSpend(trx: Sql, spends: readonly Spend[]): Promise<void> {
  await raw`
    update model_spend as old set month = new.month, month_tokens = new.month_tokens, month_microdollars = new.month_microdollars,
      day = new.day, day_tokens = new.day_tokens, day_microdollars = new.day_microdollars,
      minute = new.minute, minute_tokens = new.minute_tokens, minute_microdollars = new.minute_microdollars,
      open_requests = new.open_requests, open_tokens = new.open_tokens, open_microdollars = new.open_microdollars
    from jsonb_to_recordset(${JSON.stringify(spends.map(columnsOf))}::jsonb) as new(deployment_id uuid, month text, month_tokens float8,
      month_microdollars float8, day text, day_tokens float8, day_microdollars float8, minute text, minute_tokens float8,
      minute_microdollars float8, open_requests integer, open_tokens float8, open_microdollars float8)
    where old.deployment_id = new.deployment_id`.execute(trx);
}
