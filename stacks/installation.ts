// An open installation: data folder, database, queue and, unless the settings say otherwise, a worker. Built once, by api/server.ts.
import { join } from "node:path";
import { newBackupKey } from "../infra/backups/key.ts";
import { releaseClaims } from "./callbacks/deliveries.ts";
import { type SenderParts, startSender } from "./callbacks/sender.ts";
import { claimDataFolder, keptSecret } from "./data-folder.ts";
import { type Database, openDatabase } from "./database/database.ts";
import { claimUnclaimedBots } from "./deployments/bots.ts";
import type { Intake } from "./operations/enqueue.ts";
import { SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";
import { inOneProcess } from "./watch/leader.ts";
import { startWatching, type WatchingParts, watchOf } from "./watch/watchers.ts";
import { requeueInterrupted, startQueue } from "./worker/queue.ts";
import { startWorker, type WorkerParts } from "./worker/worker.ts";

export interface InstallationParts
  extends Pick<WorkerParts, "pulumi" | "standIns" | "environment" | "log">,
    Pick<SenderParts, "network">,
    Pick<WatchingParts, "polar" | "modelApis" | "telegramApi"> {
  readonly settings: StackSettings;
  readonly databaseUrl: string | undefined;
  readonly runsWorker: boolean;
  readonly callbackDelaysMs: readonly number[];
}

export interface Installation extends Intake {
  readonly database: Database;
  /** Lets what runs finish, then closes everything. */
  close(): Promise<void>;
}

/** @throws Error when the data folder is in use, the database can't be opened, or this machine may run no assistants. */
export async function openInstallation(parts: InstallationParts): Promise<Installation> {
  const { settings, databaseUrl, runsWorker, log } = parts;
  // Before anything is held that a refusal would have to let go of.
  const keepHost = runsWorker ? await watchOf(settings.target).readyHost(settings, log) : () => [];
  const claim = databaseUrl ? undefined : await claimDataFolder(settings.dataDir);
  const database = await openDatabase(
    databaseUrl ? { url: databaseUrl } : { folder: join(settings.dataDir, "database") },
  );
  const box = new SecretBox(
    Buffer.from((await keptSecret(settings.dataDir, "secret-key")).value, "base64url"),
  );
  await keptSecret(settings.dataDir, "backup-key", newBackupKey);
  const boss = await startQueue(database, log);
  const intake = { sql: database.sql, boss, box, settings };
  // Its own process is the only one on an embedded database: what still counts as running has no one to run it.
  if (!databaseUrl) await requeueInterrupted(intake, log);
  if (!databaseUrl) await releaseClaims(intake.sql);
  const stopsKeepingHost = keepHost();
  if (runsWorker) await claimUnclaimedBots(intake, log);
  const stopWorker = runsWorker ? await startWorker({ ...parts, ...intake }) : undefined;
  const stopWatching = runsWorker
    ? inOneProcess(database, () => startWatching({ ...parts, ...intake }), log)
    : undefined;
  const stopSender = runsWorker
    ? startSender({ ...parts, ...intake, delaysMs: parts.callbackDelaysMs })
    : undefined;
  return {
    ...intake,
    database,
    async close() {
      const stops = [stopWatching, stopWorker, stopSender, ...stopsKeepingHost];
      await Promise.all(stops.map((stop) => stop?.()));
      await boss.stop({ graceful: true, timeout: 2_000 });
      await database.close();
      await claim?.release();
    },
  };
}
