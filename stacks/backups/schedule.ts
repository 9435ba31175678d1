// Backups that nobody asks for. Each deployment has a moment of its own in every period, so that they don't come all at
// once; what was missed while no worker ran comes as soon as one does.
import { setTimeout as sleep } from "node:timers/promises";
import { type RawBuilder, sql as raw } from "kysely";
import type { Logger } from "pino";
import { untilStopped } from "../async.ts";
import type { Sql } from "../database/database.ts";
import { type Deployment, move } from "../deployments/deployments.ts";
import { BerthError } from "../errors.ts";
import type { LifecycleContext } from "../operations/enqueue.ts";
import { isAtRest, LIVE } from "../operations/operations.ts";
import { livesWhereBackedUp, placesWithoutBackups } from "./availability.ts";
import { CANCELLED } from "./records.ts";
import { beginBackup } from "./requests.ts";

const LOOK_EVERY_MS = 10_000;
/** While more may be due than there was room for. */
const LOOK_SOON_MS = 2_000;

/** Starts making them. The returned function ends that. */
export function backUpRegularly(context: LifecycleContext, log: Logger): () => Promise<void> {
  const places = placesWithoutBackups(context.settings);
  if (places.length > 0) log.warn({ places }, "no scheduled backups there");
  return untilStopped(async (signal) => {
    while (!signal.aborted) {
      const { isFull } = await lookOnce(context, log);
      await sleep(isFull ? LOOK_SOON_MS : LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  });
}

async function lookOnce(context: LifecycleContext, log: Logger): Promise<Pick<Look, "isFull">> {
  try {
    const look = await beginDue(context, new Date());
    if (look.begun > 0) log.info({ count: look.begun }, "scheduled backups were queued");
    return look;
  } catch (error) {
    log.error({ err: error }, "queueing scheduled backups failed");
    return { isFull: false };
  }
}

interface Look {
  /** How many were queued. */
  readonly begun: number;
  /** Whether there was no room for more, which may be due. */
  readonly isFull: boolean;
}

/**
 * Queues what is due, but never so much that calls would have to wait for it. Two workers that find the same deployment
 * queue one backup: the second finds an operation on it.
 */
export async function beginDue(context: LifecycleContext, now: Date): Promise<Look> {
  const { sql, settings } = context;
  const room = Math.max(1, Math.floor(settings.concurrency / 2)) - (await countScheduled(sql));
  if (room <= 0) return { begun: 0, isFull: true };
  const due = await listDue(sql, settings, now, room);
  const begun = await Promise.all(due.map((deployment) => begin(context, deployment)));
  return { begun: begun.filter(Boolean).length, isFull: due.length === room };
}

async function countScheduled(sql: Sql): Promise<number> {
  const { count } = await sql
    .selectFrom("operations")
    .innerJoin("backups", "backups.operation_id", "operations.id")
    .select(({ fn }) => fn.countAll<string>().as("count"))
    .where("operations.state", "in", LIVE)
    .where("backups.reason", "=", "scheduled")
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function listDue(
  sql: Sql,
  settings: LifecycleContext["settings"],
  now: Date,
  limit: number,
): Promise<Deployment[]> {
  const moment = latestMoment(settings.backups.everyMs, now);
  return (
    sql
      // First of all: what is left is few, and only of these their operations and backups are read.
      .with(
        (cte) => cte("untried").materialized(),
        (db) =>
          db
            .selectFrom("deployments")
            .select("id")
            .where("status", "in", ["active", "stopped"])
            .where(isAtRest)
            .where(livesWhereBackedUp(settings))
            .where(notTriedSince(moment)),
      )
      .selectFrom("deployments")
      .innerJoin("untried", "untried.id", "deployments.id")
      .selectAll("deployments")
      .where(wasThereBefore(moment))
      .where(mayHaveNewData)
      // A turn for each account.
      .orderBy(lastOfAccount, (order) => order.asc().nullsFirst())
      .orderBy("deployments.id")
      .limit(limit)
      .execute()
  );
}

/** When the account had its latest scheduled backup. */
const lastOfAccount = raw<Date | null>`(select max(created_at) from backups
  where account_id = deployments.account_id and reason = 'scheduled')`;

/** Where in a period a deployment has its moment, in seconds: the id's last digits are random, and whole periods cancel out. */
const phase = raw<number>`('x' || right(deployments.id::text, 7))::bit(28)::int::float8`;

/** The deployment's moment in the period that it is in now. */
function latestMoment(everyMs: number, now: Date): RawBuilder<Date> {
  const every = raw<number>`${everyMs / 1000}::float8`;
  const sincePhase = raw<number>`(${now.getTime() / 1000}::float8 - ${phase})`;
  return raw<Date>`to_timestamp(floor(${sincePhase} / ${every}) * ${every} + ${phase})`;
}

/** A time in the future was written by a clock that was wrong: it counts as never. */
const isNoFuture = raw<boolean>`created_at < now() + interval '1 hour'`;

/** A backup that a later call took the place of does not count. */
function notTriedSince(moment: RawBuilder<Date>): RawBuilder<boolean> {
  return raw<boolean>`not exists (select from backups where deployment_id = deployments.id
    and reason = 'scheduled' and created_at >= ${moment} and ${isNoFuture} and error->>'code' is distinct from ${CANCELLED})`;
}

/** It was first activated before that: younger ones are not a period old. */
function wasThereBefore(moment: RawBuilder<Date>): RawBuilder<boolean> {
  return raw<boolean>`exists (select from operations where deployment_id = deployments.id
    and kind <> 'prepare' and state = 'succeeded' and finished_at < ${moment})`;
}

/** Whether the latest thing that was done is a backup, which is there: so it is of most that are stopped. */
const isJustBackedUp = raw<boolean>`exists (select from operations as latest
  inner join backups as made on made.id = latest.backup_id where latest.id = deployments.operation_id
  and latest.kind = 'backup' and made.state = 'ready' and made.created_at < now() + interval '1 hour')`;

/** Of one that is stopped only an operation can have changed the data since its last backup. */
const mayHaveNewData = raw<boolean>`(status = 'active' or (not ${isJustBackedUp} and exists (select from operations
  where deployment_id = deployments.id and kind not in ('prepare', 'backup') and finished_at >
  coalesce((select max(created_at) from backups where deployment_id = deployments.id
    and state = 'ready' and ${isNoFuture}), '-infinity'))))`;

async function begin(
  context: LifecycleContext,
  { account_id, id, operation_id }: Deployment,
): Promise<boolean> {
  return context.sql.transaction().execute(async (trx) => {
    try {
      const deployment = await move(trx, { accountId: account_id, id, call: "backup", change: {} });
      if (deployment.operation_id !== operation_id) return false;
      await beginBackup(context, trx, deployment, "scheduled", null);
      return true;
    } catch (error) {
      // It was called for something else meanwhile.
      if (error instanceof BerthError) return false;
      throw error;
    }
  });
}
