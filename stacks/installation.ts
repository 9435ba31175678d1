// An open installation: data folder, database, queue and, unless told otherwise, a worker. Built once in api/main.ts.
import { join } from "node:path";
import { PgBoss } from "pg-boss";
import type { Logger } from "pino";
import { claimDataFolder, keptSecret } from "./data-folder.ts";
import { type Database, openDatabase } from "./database.ts";
import { type Intake, QUEUE, requeueInterrupted } from "./operations.ts";
import { SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";
import { startWorker, type WorkerParts } from "./worker.ts";

const HEARTBEAT_SECONDS = 30;
const MAX_ATTEMPTS = 3;

export interface InstallationParts extends Pick<WorkerParts, "pulumi" | "environment" | "log"> {
  readonly settings: StackSettings;
  readonly databaseUrl: string | undefined;
  readonly runsWorker: boolean;
}

export interface Installation extends Intake {
  readonly database: Database;
  /** Lets what runs finish, then closes everything. */
  close(): Promise<void>;
}

/** @throws Error when the data folder is in use, or the database can't be opened. */
export async function openInstallation(parts: InstallationParts): Promise<Installation> {
  const { settings, databaseUrl, log } = parts;
  const claim = databaseUrl ? undefined : await claimDataFolder(settings.dataDir);
  const database = await openDatabase(
    databaseUrl ? { url: databaseUrl } : { folder: join(settings.dataDir, "database") },
  );
  const box = new SecretBox(
    Buffer.from((await keptSecret(settings.dataDir, "secret-key")).value, "base64url"),
  );
  const boss = await startQueue(database, log);
  const intake = { sql: database.sql, boss, box, settings };
  // Its own process is the only one on an embedded database: what still counts as running has no one to run it.
  if (!databaseUrl) {
    const count = await requeueInterrupted(intake);
    if (count > 0) log.warn({ count }, "operations that were interrupted are carried out again");
  }
  const stopWorker = parts.runsWorker ? await startWorker({ ...parts, ...intake }) : undefined;
  return {
    ...intake,
    database,
    async close() {
      await stopWorker?.();
      await boss.stop({ graceful: true, timeout: 2_000 });
      await database.close();
      await claim?.release();
    },
  };
}

async function startQueue(database: Database, log: Logger): Promise<PgBoss> {
  const boss = new PgBoss({
    ...database.queue,
    backend: database.kind,
    useListenNotify: true,
    schedule: false,
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
