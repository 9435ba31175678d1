// Measures the data of each assistant of a namespace every five minutes, and stops who takes more than the limit.
import { sql as raw } from "kysely";
import type { Measurement } from "../../../infra/found.ts";
import type { Place, Target } from "../../../infra/target.ts";
import { openTarget } from "../../../infra/targets.ts";
import { claimDue, hasCome } from "../../deployments/claim-due.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { keptImage } from "../../deployments/images.ts";
import { isAtRest } from "../../operations/operations.ts";
import type { StackSettings } from "../../settings.ts";
import { measureAtPace } from "../data-size/pace.ts";
import { minutesFromNow, recordMeasurement } from "../data-size/record.ts";
import type { DriftParts } from "../drift-watch.ts";

const MINUTES_UNTIL_NEXT = 5;
/** What could not be measured may take long to fail: others are to have their turn. */
const MINUTES_AFTER_FAILURE = 30;
const IS_DUE = raw<boolean>`status = 'active' and (target is null or target = 'kubernetes') and ${isAtRest} and ${hasCome("state_check_at", 2)}`;

export interface Parts extends DriftParts {
  readonly settings: StackSettings;
}

/** Starts measuring. The returned function ends that. */
export function watchData(parts: Parts, place: Place): () => Promise<void> {
  return measureAtPace(parts.log, async () => measureNext(parts, await openTarget(place)));
}

/** Measures the assistant that has been due for longest, which no other worker measures then; false if none is due. */
async function measureNext(parts: Parts, target: Target): Promise<boolean> {
  const claim = { to: minutesFromNow(MINUTES_UNTIL_NEXT), limit: 1 };
  const [deployment] = await claimDue(parts.sql, "state_check_at", IS_DUE, claim);
  if (!deployment) return false;
  const measured = await measure(parts, target, deployment);
  if (!measured) return true;
  const verdict = await recordMeasurement(parts, deployment, measured);
  if (verdict !== "full") return true;
  const { id: deploymentId } = deployment;
  const image = keptImage(parts.settings, deployment);
  const data = await target.data({ deploymentId, image, maxBytes: 0 });
  await data.halt().catch((error: unknown) => {
    parts.log.error(
      { err: error, deployment: deploymentId },
      "an assistant whose data takes too much room could not be stopped",
    );
  });
  return true;
}

async function measure(
  { sql, log }: Parts,
  target: Target,
  { id }: Deployment,
): Promise<Measurement | undefined> {
  return target.measureData?.(id).catch(async (error: unknown) => {
    log.warn({ err: error, deployment: id }, "an assistant's data could not be measured");
    const state_check_at = minutesFromNow(MINUTES_AFTER_FAILURE);
    await sql.updateTable("deployments").set({ state_check_at }).where("id", "=", id).execute();
    return undefined;
  });
}
