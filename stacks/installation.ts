// An open installation: data folder, database, queue and, unless told otherwise, a worker. Built once in api/main.ts.
import { join } from "node:path";
import { claimDataFolder, keptSecret } from "./data-folder.ts";
import { type Database, openDatabase } from "./database.ts";
import type { Polar } from "./payments/polar.ts";
import { watchPayments } from "./payments/watch.ts";
import { giveUpRegularly, requeueInterrupted, startQueue } from "./queue.ts";
import type { Intake } from "./requests.ts";
import { SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";
import { startWorker, type WorkerParts } from "./worker.ts";

export interface InstallationParts extends Pick<WorkerParts, "pulumi" | "standIns" | "environment" | "log"> {
  readonly settings: StackSettings;
  readonly databaseUrl: string | undefined;
  readonly runsWorker: boolean;
  /** Absent where payments are simulated, or not set up. */
  readonly polar: Polar | undefined;
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
  if (!databaseUrl) await requeueInterrupted(intake, log);
  const stopGivingUp = parts.runsWorker ? giveUpRegularly(intake, log) : undefined;
  const { runsWorker, polar } = parts;
  const stopWatching = runsWorker && polar ? watchPayments({ ...intake, polar, log }) : undefined;
  const stopWorker = parts.runsWorker ? await startWorker({ ...parts, ...intake }) : undefined;
  return {
    ...intake,
    database,
    async close() {
      await stopWorker?.();
      await stopWatching?.();
      await stopGivingUp?.();
      await boss.stop({ graceful: true, timeout: 2_000 });
      await database.close();
      await claim?.release();
    },
  };
}
