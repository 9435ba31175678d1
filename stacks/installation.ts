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

const QUEUE_STOPS_WITHIN_MS = 2_000;

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

/**
 * What was opened is closed again, the last first, when a later step throws.
 * @throws Error when the data folder is in use, the database can't be opened, or this machine may run no assistants.
 */
export async function openInstallation(parts: InstallationParts): Promise<Installation> {
  const { settings, databaseUrl, runsWorker, log } = parts;
  await using opened = new AsyncDisposableStack();
  // Before anything is held that a refusal would have to let go of.
  const keepHost = runsWorker ? await watchOf(settings.target).readyHost(settings, log) : () => [];
  const database = await openData(parts, opened);
  const box = await openSecrets(settings.dataDir);
  const boss = await startQueue(database, log);
  opened.defer(() => boss.stop({ graceful: true, timeout: QUEUE_STOPS_WITHIN_MS }));
  const intake = { sql: database.sql, boss, box, settings };
  // Its own process is the only one on an embedded database: what still counts as running has no one to run it.
  if (!databaseUrl) await requeueInterrupted(intake, log);
  if (!databaseUrl) await releaseClaims(intake.sql);
  if (runsWorker) await startWorking({ ...parts, ...intake }, database, keepHost, opened);
  const open = opened.move();
  return { ...intake, database, close: () => open.disposeAsync() };
}

/** The database: an embedded one is in the data folder, which is claimed for it. */
async function openData(
  { settings: { dataDir }, databaseUrl }: InstallationParts,
  opened: AsyncDisposableStack,
): Promise<Database> {
  const claim = databaseUrl ? undefined : await claimDataFolder(dataDir);
  opened.defer(() => claim?.release());
  const where = databaseUrl ? { url: databaseUrl } : { folder: join(dataDir, "database") };
  const database = await openDatabase(where);
  opened.defer(() => database.close());
  return database;
}

async function openSecrets(dataDir: string): Promise<SecretBox> {
  const key = await keptSecret(dataDir, "secret-key");
  await keptSecret(dataDir, "backup-key", newBackupKey);
  return new SecretBox(Buffer.from(key.value, "base64url"));
}

/** Starts what only a worker does. All of it is stopped together: each part lets what it is at finish. */
async function startWorking(
  parts: InstallationParts & Intake,
  database: Database,
  keepHost: () => (() => Promise<void>)[],
  opened: AsyncDisposableStack,
): Promise<void> {
  const { log, callbackDelaysMs: delaysMs } = parts;
  const stops: (() => Promise<void>)[] = [];
  opened.defer(async () => void (await Promise.all(stops.map((stop) => stop()))));
  stops.push(...keepHost());
  await claimUnclaimedBots(parts, log);
  stops.push(await startWorker(parts));
  stops.push(inOneProcess(database, () => startWatching(parts), log));
  stops.push(startSender({ ...parts, delaysMs }));
}
