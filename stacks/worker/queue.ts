// The queue of operations (pg-boss). Its jobs outlive the processes that carry them out, but are not tried for ever.
import { PgBoss } from "pg-boss";
import type { Logger } from "pino";
import { regularly } from "../async.ts";
import { bringBack } from "../backups/restart.ts";
import { tidyAfter } from "../backups/retention.ts";
import { PATIENCE } from "../database/connections.ts";
import type { Database } from "../database/database.ts";
import type { LifecycleContext } from "../operations/enqueue.ts";
import { findOperation, MAX_ATTEMPTS, QUEUE } from "../operations/operations.ts";
import { interruptedCause } from "../pulumi/error-texts.ts";
import { settleOperation } from "./settle.ts";

/** A job whose process is silent for so long is given to another one. */
const HEARTBEAT_SECONDS = 30;
/** Of a database of several processes: one of them looks for silent ones, so often. */
const SHARED = { ...PATIENCE, superviseIntervalSeconds: 10, monitorIntervalSeconds: 10 } as const;
const GIVE_UP_EVERY_MS = 30_000;

type Parts = Pick<LifecycleContext, "sql" | "boss" | "settings">;

export async function startQueue(database: Database, log: Logger): Promise<PgBoss> {
  const boss = new PgBoss({
    ...database.queue,
    ...("connectionString" in database.queue && SHARED),
    backend: database.kind,
    useListenNotify: true,
    schedule: false,
    // Its own spans would hold messages of errors; ../tracing/ makes those of the operations.
    openTelemetry: { enabled: false },
  });
  boss.on("error", (error) => log.error({ err: error }, "queue error"));
  await boss.start();
  await boss.createQueue(QUEUE, {
    policy: "key_strict_fifo",
    notify: true,
    retryLimit: MAX_ATTEMPTS - 1,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: 3_600,
  });
  return boss;
}

/** Hands operations back that a dead process was carrying out. Only for a database that nobody else works on. */
export async function requeueInterrupted({ sql, boss }: Parts, log: Logger): Promise<void> {
  const interrupted = await sql
    .selectFrom("operations")
    .select("id")
    .where("state", "=", "running")
    .execute();
  for (const { id } of interrupted) await boss.fail(QUEUE, id, { reason: "its process died" });
  if (interrupted.length > 0)
    log.warn({ count: interrupted.length }, "interrupted operations are carried out again");
}

/** Gives up, now and every half minute, what has been tried often enough. The returned function stops that. */
export function giveUpRegularly(parts: Parts, log: Logger): () => Promise<void> {
  return regularly(GIVE_UP_EVERY_MS, () =>
    giveUpExhausted(parts, log).catch((error: unknown) =>
      log.error({ err: error }, "giving up operations failed"),
    ),
  );
}

/** Ends operations whose every attempt died with its process; their deployments can be called again then. */
export async function giveUpExhausted(parts: Parts, log: Logger): Promise<void> {
  const { sql, boss } = parts;
  for (const key of await boss.getBlockedKeys(QUEUE)) {
    const jobs = await boss.findJobs<{ operationId: string }>(QUEUE, { key });
    for (const job of jobs.filter(({ state }) => state === "failed")) {
      const operation = await findOperation(sql, job.data.operationId);
      const cause = interruptedCause(`The operation's process died ${MAX_ATTEMPTS} times.`);
      if (operation) {
        await bringBack({ ...parts, log }, operation);
        await settleOperation(sql, operation, { state: "failed", cause });
        await tidyAfter({ ...parts, log }, operation);
      }
      // A failed job would keep every later one of its deployment waiting.
      await boss.deleteJob(QUEUE, job.id);
    }
  }
}
