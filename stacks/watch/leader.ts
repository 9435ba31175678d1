// Work that one of all processes on a database does at a time, and another one when that has died: who does it holds an
// advisory lock of PostgreSQL, on a connection of its own. The lock ends with the connection, so a process that was killed
// is replaced within seconds, however long its work would have taken; a host that has vanished, within half a minute.
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { Logger } from "pino";
import { untilStopped } from "../async.ts";
import { READY } from "../database/connections.ts";
import type { Database } from "../database/database.ts";

const LOOK_EVERY_MS = 2_000;
const TIMEOUT_MS = 10_000;
const GOODBYE_MS = 1_000;
const TRY_LOCK = "select pg_try_advisory_lock(hashtext('berth'), hashtext('watching')) as held";

/** Begins the work; the returned function ends it. It may be begun again. */
export type Work = () => () => Promise<void>;

/** Does the work whenever it is this process's turn. On an embedded database it is always. The returned function ends that. */
export function inOneProcess({ queue }: Database, work: Work, log: Logger): () => Promise<void> {
  if (!("connectionString" in queue)) return work();
  const { connectionString } = queue;
  return untilStopped((signal) => takeTurns(connectionString, work, log, signal));
}

async function takeTurns(connectionString: string, work: Work, log: Logger, signal: AbortSignal) {
  const { default: pg } = await import("pg");
  while (!signal.aborted) {
    const timeouts = { connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS };
    const client = new pg.Client({ connectionString, ...timeouts });
    await takeTurn(client, work, log, signal).catch((error: unknown) =>
      log.warn({ err: error }, "the database does not say whether another process watches"),
    );
    await pause(signal);
  }
}

/** Waits until nobody else does the work, then does it as long as the connection lasts. */
async function takeTurn(client: Client, work: Work, log: Logger, signal: AbortSignal): Promise<void> {
  const lost = new AbortController();
  client.on("error", () => lost.abort()).on("end", () => lost.abort());
  try {
    await client.connect();
    await client.query(READY);
    while (!(await client.query<{ held: boolean }>(TRY_LOCK)).rows[0]?.held) {
      await pause(signal);
      if (signal.aborted) return;
    }
    log.info("this process watches the deployments");
    const stop = work();
    try {
      const over = AbortSignal.any([signal, lost.signal]);
      for (; !over.aborted; await pause(over)) await client.query("select 1");
    } finally {
      await stop();
      log.info("this process watches the deployments no more");
    }
  } finally {
    await Promise.race([client.end(), sleep(GOODBYE_MS, undefined, { ref: false })]).catch(() => {});
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
}
