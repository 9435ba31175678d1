// From a measurement of an assistant's data to its record: how much it takes, a warning, or its end.
import { sql as raw } from "kysely";
import type { Logger } from "pino";
import type { Disk, Measurement } from "../../../infra/found.ts";
import type { Cause } from "../../causes.ts";
import type { Sql } from "../../database/database.ts";
import type { StateUse, Warning } from "../../database/deployment-table.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { recordCrash } from "../../operations/crash.ts";
import type { StackSettings } from "../../settings.ts";
import { causeOf } from "./causes.ts";
import { type Evaluation, evaluate, evaluateUnmeasured, lowBelow, sizeText, type Verdict } from "./limit.ts";
import { latestDisk } from "./totals.ts";

/** Until the next measurement of who is near the limit, or beyond it. */
const MINUTES_IF_NEAR = 1;

interface Parts {
  readonly sql: Sql;
  readonly settings: Pick<StackSettings, "stateLimitBytes">;
  readonly log: Logger;
}

/**
 * Writes down what was measured and what follows from it; who is beyond the limit has failed then, and is to be stopped.
 * @returns undefined, and nothing is written, if the deployment isn't what was read any more
 */
export async function recordMeasurement(
  parts: Parts,
  deployment: Deployment,
  measured: Measurement | { readonly unmeasured: Disk },
): Promise<Verdict | undefined> {
  const { sql, settings, log } = parts;
  const { use, verdict } = await evaluation(parts, deployment, measured);
  const cause = causeOf(verdict, use, settings.stateLimitBytes);
  const diskBefore = await latestDisk(sql);
  if (!(await isWritten(sql, deployment, use, cause))) return undefined;
  const facts = { deployment: deployment.id, used: sizeText(use.usedBytes), free: sizeText(use.freeBytes) };
  if (isLow(use) && !(diskBefore && isLow(diskBefore)))
    log.warn(facts, "the disk of the assistants' data is nearly full");
  if (deployment.state_warning?.cause.code !== cause?.code)
    log.info({ ...facts, warning: cause?.code ?? null }, "the room that an assistant's data takes changed");
  if (verdict !== "full" || !cause || deployment.status !== "active") return verdict;
  const detail = "Berth has stopped its container.";
  if (!(await recordCrash(sql, deployment, { state: "ended", detail }, cause))) return undefined;
  log.warn(facts, "an assistant was stopped, as its data takes more room than it may");
  return verdict;
}

/** Of what was measured, by what is known of it from before. */
async function evaluation(
  { sql, settings: { stateLimitBytes: limitBytes } }: Parts,
  { id, state_use: before, data_volume }: Deployment,
  measured: Measurement | { readonly unmeasured: Disk },
): Promise<Evaluation> {
  const broughtUp = await lastBringUp(sql, id);
  // Old operations are forgotten.
  const broughtUpBy = broughtUp?.id ?? before?.broughtUpBy ?? null;
  const known = { limitBytes, before, broughtUpBy, now: new Date() };
  if ("unmeasured" in measured) return evaluateUnmeasured({ disk: measured.unmeasured, ...known });
  const beganEmpty = broughtUp?.kind === "activate" && !before && data_volume === null;
  return evaluate({ measured, beganEmpty, ...known });
}

/** False if the deployment isn't what was read any more. */
async function isWritten(
  sql: Sql,
  deployment: Deployment,
  use: StateUse,
  cause: Cause | undefined,
): Promise<boolean> {
  const warning = cause && warningOf(cause, deployment.state_warning, use.measuredAt);
  const written = await sql
    .updateTable("deployments")
    .set({
      state_use: JSON.stringify(use),
      state_warning: warning ? JSON.stringify(warning) : null,
      // What can't be measured takes long: others are to have their turn.
      ...(cause && !use.unmeasuredSince && { state_check_at: minutesFromNow(MINUTES_IF_NEAR) }),
    })
    .where("id", "=", deployment.id)
    .where(asRead(deployment))
    .returning("id")
    .execute();
  return written.length > 0;
}

function warningOf(cause: Cause, before: Warning | null, now: string): Warning {
  return { cause, since: before?.cause.code === cause.code ? before.since : now };
}

function isLow(disk: Disk): boolean {
  return disk.freeBytes < lowBelow(disk);
}

async function lastBringUp(sql: Sql, deploymentId: string) {
  return sql
    .selectFrom("operations")
    .select(["id", "kind"])
    .where("deployment_id", "=", deploymentId)
    .where("kind", "in", ["activate", "redeploy"])
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** What a deployment has to be still, to be written to. */
export function asRead({ status, operation_id }: Deployment) {
  return raw<boolean>`status = ${status} and operation_id is not distinct from ${operation_id}::uuid`;
}

export function minutesFromNow(minutes: number) {
  return raw<Date>`now() + make_interval(mins => ${minutes})`;
}
