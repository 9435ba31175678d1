// An attempt that has ended before anything of its stack was touched: the deployment goes back to what it was, and the
// cause says what can be done.
import { type Cause, DATA_GONE, STACK_LOCKED, STACK_RENAMED, STATE_DAMAGED } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import { leadsBack } from "../lifecycle.ts";
import { dropSecrets } from "../pulumi/stack-config.ts";
import type { AttemptContext } from "./attempt.ts";
import type { Outcome } from "./outcome.ts";

/** What these say is all that is to be said. */
const SAY_SO_THEMSELVES = [DATA_GONE, STACK_LOCKED, STACK_RENAMED, STATE_DAMAGED];

type Context = Pick<AttemptContext, "sql" | "settings" | "operation" | "deployment">;

/** An earlier attempt may have touched it: then it has failed. */
export async function asBefore(context: Context, outcome: Outcome): Promise<Outcome> {
  if (outcome.state !== "failed" || !outcome.isUntouched) return outcome;
  const { sql, settings, operation, deployment } = context;
  // A move leaves the status as it is.
  const status = operation.kind === "adopt" ? deployment.status : deployment.status_before;
  const { code, message } = outcome.cause;
  const isDataGone = code === DATA_GONE;
  const cause = isDataGone ? await withWayOn(sql, deployment.id, outcome.cause) : outcome.cause;
  const ended = { ...outcome, cause };
  // Without its data an assistant is not active, whatever it was before.
  if (outcome.back || operation.attempt > 1 || (isDataGone && status === "active")) return ended;
  if (!status || !leadsBack(operation.kind, status)) return ended;
  if (status !== "active") await dropSecrets(settings, deployment);
  if (SAY_SO_THEMSELVES.includes(code)) return { ...ended, back: { status } };
  const untouched = `Nothing was touched: the deployment is ${status} as before. ${message}`;
  return { ...ended, cause: { code, message: untouched }, back: { status } };
}

async function withWayOn(sql: Sql, deploymentId: string, cause: Cause): Promise<Cause> {
  const newest = await sql
    .selectFrom("backups")
    .select(["id", "created_at"])
    .where("deployment_id", "=", deploymentId)
    .where("state", "=", "ready")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  const way = newest
    ? `Restore its newest backup, ${newest.id} of ${newest.created_at.toISOString()} (POST /:id/restore), then redeploy.`
    : "There is no backup of it; one of another deployment of the account can be restored.";
  const message = `${cause.message} ${way} Or redeploy with {"beginEmpty": true} to begin again without it.`;
  return { ...cause, message };
}
