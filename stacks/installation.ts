// An open installation: data folder, database, queue and, unless told otherwise, a worker. Built once in api/main.ts.
import { join } from "node:path";
import { newBackupKey } from "../infra/backups/key.ts";
import type { MODEL_APIS } from "../infra/model-apis.ts";
import { assertRuntime } from "../infra/runtime.ts";
import { backUpRegularly } from "./backups/schedule.ts";
import { claimUnclaimedBots } from "./bots.ts";
import { releaseClaims } from "./callbacks/deliveries.ts";
import { type SenderParts, startSender } from "./callbacks/sender.ts";
import { claimDataFolder, keptSecret } from "./data-folder.ts";
import { type Database, openDatabase } from "./database.ts";
import { forgetRegularly } from "./housekeeping.ts";
import { keepCodeCache } from "./keep-code-cache.ts";
import { keepHostRules, setHostRules } from "./keep-host-rules.ts";
import type { Polar } from "./payments/polar.ts";
import { watchPayments } from "./payments/watch.ts";
import { giveUpRegularly, requeueInterrupted, startQueue } from "./queue.ts";
import type { Intake } from "./requests.ts";
import { SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";
import { watchEngine } from "./watch-engine.ts";
import { watchModels } from "./watch-models.ts";
import { watchReadiness } from "./watch-readiness.ts";
import { watchServices } from "./watch-services.ts";
import { startWorker, type WorkerParts } from "./worker.ts";

export interface InstallationParts
  extends Pick<WorkerParts, "pulumi" | "standIns" | "environment" | "log">,
    Pick<SenderParts, "network"> {
  readonly settings: StackSettings;
  readonly databaseUrl: string | undefined;
  readonly runsWorker: boolean;
  readonly callbackDelaysMs: readonly number[];
  /** Absent where payments are simulated, or not set up. */
  readonly polar: Polar | undefined;
  /** Where model providers are asked about keys and models; absent if they are not to be. */
  readonly modelApis: typeof MODEL_APIS | undefined;
}

export interface Installation extends Intake {
  readonly database: Database;
  /** Lets what runs finish, then closes everything. */
  close(): Promise<void>;
}

/** @throws Error when the data folder is in use, or the database can't be opened. */
export async function openInstallation(parts: InstallationParts): Promise<Installation> {
  const { settings, databaseUrl, log } = parts;
  const onDocker = parts.runsWorker && settings.target === "docker";
  // Before anything is held that a refusal would have to let go of.
  if (onDocker && settings.runtime) await assertRuntime(settings.runtime);
  const keepsRules = onDocker && (await setHostRules(settings.hostRules, log));
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
  const { runsWorker, polar, modelApis } = parts;
  const stopGivingUp = runsWorker ? giveUpRegularly(intake, log) : undefined;
  const stopForgetting = runsWorker ? forgetRegularly(database.sql, log) : undefined;
  const stopAskingPolar = runsWorker && polar ? watchPayments({ ...intake, polar, log }) : undefined;
  const stopKeepingCache = onDocker ? keepCodeCache(settings, log) : undefined;
  const stopKeepingRules = keepsRules ? keepHostRules(log) : undefined;
  if (runsWorker) await claimUnclaimedBots(intake, log);
  const stopWorker = runsWorker ? await startWorker({ ...parts, ...intake }) : undefined;
  const stopWatching = runsWorker ? watchAssistants({ ...intake, log }) : undefined;
  const stopAskingProviders =
    runsWorker && modelApis ? watchModels({ ...intake, modelApis, log }) : undefined;
  const backsUp = onDocker && settings.backups.everyMs > 0;
  const stopBackingUp = backsUp ? backUpRegularly(intake, log) : undefined;
  const stopSender = runsWorker
    ? startSender({ ...parts, ...intake, delaysMs: parts.callbackDelaysMs })
    : undefined;
  return {
    ...intake,
    database,
    async close() {
      await Promise.all([stopWatching?.(), stopBackingUp?.(), stopKeepingCache?.()]);
      await Promise.all([stopWorker?.(), stopSender?.(), stopAskingProviders?.()]);
      await stopAskingPolar?.();
      await stopGivingUp?.();
      await stopForgetting?.();
      await stopKeepingRules?.();
      await boss.stop({ graceful: true, timeout: 2_000 });
      await database.close();
      await claim?.release();
    },
  };
}

/** Compares what was asked for with what there is; assistants themselves can be asked where Berth's own engine runs them. */
function watchAssistants(parts: Intake & Pick<InstallationParts, "log">): () => Promise<void> {
  const { target, foundations } = parts.settings;
  const stops =
    target === "aws"
      ? foundations.map((foundation) => watchServices(parts, foundation))
      : [watchEngine(parts), watchReadiness(parts)];
  return async () => void (await Promise.all(stops.map((stop) => stop())));
}
