// An open installation: what it keeps, queue and, unless told otherwise, a worker. Built once, by api/server.ts.
import { releaseClaims } from "./callbacks/deliveries.ts";
import { type SenderParts, startSender } from "./callbacks/sender.ts";
import type { Database } from "./database/database.ts";
import { claimUnclaimedBots } from "./deployments/bots.ts";
import type { Store } from "./keys/store.ts";
import type { Intake } from "./operations/enqueue.ts";
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
  /** Closed with the installation, also when that can't be opened. */
  readonly store: Store;
  readonly runsWorker: boolean;
  readonly callbackDelaysMs: readonly number[];
}

export interface Installation extends Intake {
  readonly database: Database;
  /** Lets what runs finish, then closes everything. */
  close(): Promise<void>;
}

/** @throws Error when the database fails, or this machine may run no assistants. */
export async function openInstallation(parts: InstallationParts): Promise<Installation> {
  try {
    return await open(parts);
  } catch (error) {
    await parts.store.close();
    throw error;
  }
}

async function open(parts: InstallationParts): Promise<Installation> {
  const { settings, store, runsWorker, log } = parts;
  const { database, box } = store;
  // Before anything is held that a refusal would have to let go of.
  const keepHost = runsWorker ? await watchOf(settings.target).readyHost(settings, log) : () => [];
  const boss = await startQueue(database, log);
  const intake = { sql: database.sql, boss, box, settings };
  // Its own process is the only one on an embedded database: what still counts as running has no one to run it.
  if (database.kind === "pglite") await requeueInterrupted(intake, log);
  if (database.kind === "pglite") await releaseClaims(intake.sql);
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
      await store.close();
    },
  };
}
