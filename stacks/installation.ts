// An open installation: what it keeps, queue and, unless the settings say otherwise, a worker. Built once, by api/server.ts.
import type { Logger } from "pino";
import { capabilitiesOf, targetsOf } from "../infra/targets.ts";
import { releaseClaims } from "./callbacks/deliveries.ts";
import { type SenderParts, startSender } from "./callbacks/sender.ts";
import { ChangeFeed } from "./database/changes.ts";
import type { Database } from "./database/database.ts";
import { claimUnclaimedBots } from "./deployments/bots.ts";
import { moveUnpaidSlots } from "./deployments/regions.ts";
import type { Store } from "./keys/store.ts";
import type { LifecycleContext } from "./operations/enqueue.ts";
import { watchRehearsals } from "./rehearsal/of-workers.ts";
import { NO_REHEARSAL, type Rehearsal, startRehearsal } from "./rehearsal/rehearsal.ts";
import type { StackSettings } from "./settings.ts";
import { inOneProcess } from "./watch/leader.ts";
import { startWatching, type WatchingParts, watchOf } from "./watch/watchers.ts";
import { requeueInterrupted, startQueue } from "./worker/queue.ts";
import { startWorker, type WorkerParts } from "./worker/worker.ts";

const QUEUE_STOPS_WITHIN_MS = 2_000;

export interface InstallationParts
  extends Pick<WorkerParts, "pulumi" | "keptPlugins" | "environment" | "log">,
    Pick<SenderParts, "network">,
    Pick<WatchingParts, "polar" | "modelApis" | "telegramApi"> {
  readonly settings: StackSettings;
  /** The caller closes it, after the installation. */
  readonly store: Store;
  readonly runsWorker: boolean;
  /** Whether nothing is sold before a rehearsal has passed. */
  readonly rehearses: boolean;
  /** Of Berth. */
  readonly version: string;
  readonly callbackDelaysMs: readonly number[];
}

export interface Installation extends LifecycleContext {
  readonly database: Database;
  readonly rehearsal: Rehearsal;
  readonly changes: ChangeFeed;
  /** Lets what runs finish, then stops. */
  close(): Promise<void>;
}

/**
 * What was opened is closed again, the last first, when a later step throws.
 * @throws Error when the database fails, or this machine may run no assistants.
 */
export async function openInstallation(parts: InstallationParts): Promise<Installation> {
  const { settings, store, runsWorker, log } = parts;
  const { database, box } = store;
  await using opened = new AsyncDisposableStack();
  // Before anything is held that a refusal would have to let go of.
  const keepHost = runsWorker ? await readyHosts(settings, log) : () => [];
  const boss = await startQueue(database, log);
  opened.defer(() => boss.stop({ graceful: true, timeout: QUEUE_STOPS_WITHIN_MS }));
  const changes = new ChangeFeed(database, log);
  opened.defer(() => changes.stop());
  const context = { sql: database.sql, boss, box, settings };
  // Its own process is the only one on an embedded database: what still counts as running has no one to run it.
  if (database.kind === "pglite") await requeueInterrupted(context, log);
  if (database.kind === "pglite") await releaseClaims(context.sql);
  if (runsWorker) await startWorking({ ...parts, ...context }, database, keepHost, opened);
  const rehearsal = rehearsalOf({ ...parts, ...context });
  opened.defer(() => rehearsal.stop());
  const open = opened.move();
  return { ...context, database, rehearsal, changes, close: () => open.disposeAsync() };
}

/** A worker rehearses by itself, and an API reads how its workers' rehearsals ended. */
function rehearsalOf(parts: InstallationParts & LifecycleContext): Rehearsal {
  const { sql, settings, runsWorker, rehearses, log } = parts;
  const [first] = settings.places;
  if (!rehearses || !first || !capabilitiesOf(first).rehearsal) return NO_REHEARSAL;
  return runsWorker ? startRehearsal(parts, log) : watchRehearsals(sql, log);
}

/** Starts what only a worker does. All of it is stopped together: each part lets what it is at finish. */
async function startWorking(
  parts: InstallationParts & LifecycleContext,
  database: Database,
  keepHost: () => (() => Promise<void>)[],
  opened: AsyncDisposableStack,
): Promise<void> {
  const { log, callbackDelaysMs: delaysMs } = parts;
  const stops: (() => Promise<void>)[] = [];
  opened.defer(async () => void (await Promise.all(stops.map((stop) => stop()))));
  stops.push(...keepHost());
  await claimUnclaimedBots(parts, log);
  await moveUnpaidSlots(parts.sql, parts.settings);
  stops.push(await startWorker(parts));
  stops.push(inOneProcess(database, () => startWatching(parts), log));
  stops.push(startSender({ ...parts, delaysMs }));
}

/** As each target needs it. @throws Error when no assistant may be run from this machine */
async function readyHosts(settings: StackSettings, log: Logger) {
  const ready = targetsOf(settings.places).map((target) => watchOf(target).readyHost(settings, log));
  const keep = await Promise.all(ready);
  return () => keep.flatMap((start) => start());
}
