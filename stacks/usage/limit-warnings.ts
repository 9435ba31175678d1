// Notes on a deployment that a limit of its models is near or reached, and queues the callback that says so, once each.
import { recordLimitCallback } from "../callbacks/events.ts";
import type { Sql } from "../database/database.ts";
import type { Warning } from "../database/deployment-table.ts";
import type { ModelLimits } from "../settings.ts";
import { lowerOf, nearLimit, nearSentence, reachedLimit, reachedSentence } from "./limits.ts";
import { type Booked, type Spend, spentOf } from "./spend.ts";

const LIMIT_NEAR = "LIMIT_NEAR";
const LIMIT_REACHED = "LIMIT_REACHED";

type Noted = Spend & Pick<Booked, "now" | "api_mode" | "model_limits" | "limit_warning">;

/** Call it in the transaction that has changed what is used, or what may be. */
export async function noteLimits(
  trx: Sql,
  spend: Noted,
  ofOperator: Readonly<Record<Booked["api_mode"], ModelLimits>>,
): Promise<void> {
  if (unnoted(spend, ofOperator) === undefined) return;
  // Who had the row of the spend before this may have noted it, or set other limits, since the deployment was read.
  const current = await trx
    .selectFrom("deployments")
    .select(["model_limits", "limit_warning"])
    .where("id", "=", spend.deployment_id)
    .executeTakeFirstOrThrow();
  const after = unnoted({ ...spend, ...current }, ofOperator);
  if (after === undefined) return;
  await trx
    .updateTable("deployments")
    .set({ limit_warning: after && JSON.stringify(after) })
    .where("id", "=", spend.deployment_id)
    .execute();
  if (after && after.cause.code !== current.limit_warning?.cause.code)
    await recordLimitCallback(trx, spend.deployment_id, after.cause);
}

/** The warning as it has to be; undefined if it is so already. */
function unnoted(
  spend: Noted,
  ofOperator: Readonly<Record<Booked["api_mode"], ModelLimits>>,
): Warning | null | undefined {
  const before = spend.limit_warning;
  const after = warningFor(spend, lowerOf(spend.model_limits, ofOperator[spend.api_mode]));
  const isNoted = before?.cause.code === after?.cause.code && before?.cause.message === after?.cause.message;
  return isNoted ? undefined : after;
}

/** How much is used changes with each request: what is near is said with the amount at which it came near. */
function warningFor(spend: Noted, limits: ModelLimits): Warning | null {
  const { now, limit_warning: before } = spend;
  const { used } = spentOf(spend);
  const reached = reachedLimit(limits, used, now);
  const near = reached ? undefined : nearLimit(limits, used, now);
  if (reached) return warning(LIMIT_REACHED, reachedSentence(reached), before, now);
  if (!near) return null;
  return before?.cause.code === LIMIT_NEAR ? before : warning(LIMIT_NEAR, nearSentence(near), before, now);
}

function warning(code: string, message: string, before: Warning | null, now: Date): Warning {
  return { cause: { code, message }, since: before?.cause.code === code ? before.since : now.toISOString() };
}
