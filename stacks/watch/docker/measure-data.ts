// Measures the data of each assistant every five minutes, one assistant at a time and with pauses between, and stops who
// takes more than the limit: what one fills is everybody's disk.
import { setTimeout as sleep } from "node:timers/promises";
import { sql as raw } from "kysely";
import type { Logger } from "pino";
import { stopContainer } from "../../../infra/docker/halt.ts";
import { type Scales, setUpScales } from "../../../infra/docker/measure-volume.ts";
import { TooMuchToMeasure } from "../../../infra/docker/measurement.ts";
import { observe } from "../../../infra/docker/observe.ts";
import type { Disk, Measurement } from "../../../infra/found.ts";
import { claimFolder } from "../../data-folder.ts";
import type { Sql } from "../../database/database.ts";
import { claimDue, hasCome } from "../../deployments/claim-due.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { keptImage } from "../../deployments/images.ts";
import { isAtRest } from "../../operations/operations.ts";
import { stackWorkDir } from "../../pulumi/stack-config.ts";
import type { StackSettings } from "../../settings.ts";
import { measureAtPace } from "../data-size/pace.ts";
import { asRead, minutesFromNow, recordMeasurement } from "../data-size/record.ts";

const MINUTES_UNTIL_NEXT = 5;
/** What could not be measured may take long to fail: others are to have their turn. */
const MINUTES_AFTER_FAILURE = 30;
const STOPPED_WITHIN_MS = 60_000;
/** The engine's words for what can still write. */
const RUNS: readonly string[] = ["running", "restarting", "paused"];
/** A crashed assistant may still be started again and again by the engine. */
const IS_DUE = raw<boolean>`status in ('active', 'failed') and (target is null or target = 'docker') and ${isAtRest}
  and ${hasCome("state_check_at", 2)}`;

interface Parts {
  readonly sql: Sql;
  readonly settings: StackSettings;
  readonly log: Logger;
}

/** Starts measuring. The returned function ends that. */
export function watchState(parts: Parts): () => Promise<void> {
  return measureAtPace(parts.log, (signal) => measureNext(parts, signal));
}

/** Measures the assistant that has been due for longest, which no other worker measures then; false if none is due. */
export async function measureNext(parts: Parts, signal: AbortSignal): Promise<boolean> {
  const claim = { to: minutesFromNow(MINUTES_UNTIL_NEXT), limit: 1 };
  const [deployment] = await claimDue(parts.sql, "state_check_at", IS_DUE, claim);
  if (!deployment) return false;
  const found = await observe([deployment.id]);
  const containers = found.get(deployment.id)?.containers ?? [];
  const running = containers.filter(({ state }) => RUNS.includes(state)).map(({ id }) => id);
  if (deployment.status === "failed" && running.length === 0) return true;
  const measured = await measure(parts, deployment, signal);
  if (!measured || signal.aborted) return true;
  const verdict = await recordMeasurement(parts, deployment, measured);
  if (verdict === "full") await stopAll(parts, running, signal);
  return true;
}

/** By their ids: a redeploy that has begun meanwhile makes other ones. Cut off, it is done at the next measurement. */
async function stopAll({ log }: Parts, ids: readonly string[], signal: AbortSignal): Promise<void> {
  const stopping = Promise.all(ids.map(stopContainer)).catch((error: unknown) =>
    log.error({ err: error }, "an assistant whose data takes too much room could not be stopped"),
  );
  await Promise.race([stopping, sleep(STOPPED_WITHIN_MS, undefined, { signal, ref: false }).catch(() => {})]);
}

/** Undefined if nothing is known of it; an operation that begins meanwhile has the volume to itself at once. */
async function measure(
  parts: Parts,
  deployment: Deployment,
  signal: AbortSignal,
): Promise<Measurement | { readonly unmeasured: Disk } | undefined> {
  let scales: Scales | undefined;
  try {
    scales = await setUp(parts, deployment);
    return await scales?.measure(signal);
  } catch (error) {
    if (signal.aborted || !(await isAsRead(parts.sql, deployment))) return undefined;
    parts.log.warn({ err: error, deployment: deployment.id }, "an assistant's data could not be measured");
    // Without a limit nothing follows from it.
    if (error instanceof TooMuchToMeasure && parts.settings.stateLimitBytes > 0)
      return { unmeasured: error.disk };
    const state_check_at = minutesFromNow(MINUTES_AFTER_FAILURE);
    await parts.sql
      .updateTable("deployments")
      .set({ state_check_at })
      .where("id", "=", deployment.id)
      .execute();
    return undefined;
  } finally {
    await scales?.close();
  }
}

/**
 * Makes the container that measures, while this process holds the stack's folder. Every operation claims that folder first:
 * it either finds the container and removes it, or has begun already, and then none is made.
 */
async function setUp({ sql, settings }: Parts, deployment: Deployment): Promise<Scales | undefined> {
  const claim = await claimFolder(stackWorkDir(settings, deployment.id));
  if (!claim) return undefined;
  try {
    if (!(await isAsRead(sql, deployment))) return undefined;
    const { id: deploymentId, data_volume: volume } = deployment;
    return await setUpScales({ deploymentId, volume, image: keptImage(settings, deployment) });
  } finally {
    await claim.release();
  }
}

async function isAsRead(sql: Sql, deployment: Deployment): Promise<boolean> {
  const found = await sql
    .selectFrom("deployments")
    .select("id")
    .where("id", "=", deployment.id)
    .where(asRead(deployment))
    .executeTakeFirst();
  return found !== undefined;
}
