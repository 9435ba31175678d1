// Changes of what an assistant may use, and the operator's switch: both hold at the next request, in every process.
import type { ModelProvider } from "../../infra/assistant/openclaw.ts";
import type { Sql } from "../database/database.ts";
import { databaseTime } from "../database/recent.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { notFound } from "../errors.ts";
import type { ModelLimits } from "../settings.ts";
import { noteLimits } from "./limit-warnings.ts";
import { rollOver } from "./spend.ts";

type OfOperator = Readonly<Record<Deployment["api_mode"], ModelLimits>>;

/**
 * Sets a customer's own limits, in any state but deleted; null removes them. Warnings follow at once.
 * @throws BerthError NOT_FOUND
 */
export async function setLimits(
  sql: Sql,
  accountId: string,
  id: string,
  limits: ModelLimits | null,
  ofOperator: OfOperator,
): Promise<Deployment> {
  return sql.transaction().execute(async (trx) => {
    // In the order in which requests are booked: first what is used, then the deployment.
    const spend = await trx
      .selectFrom("model_spend")
      .selectAll()
      .where("deployment_id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    const changed = await trx
      .updateTable("deployments")
      .set({ model_limits: limits && JSON.stringify(limits), updated_at: new Date() })
      .where("id", "=", id)
      .where("account_id", "=", accountId)
      .where("status", "!=", "deleted")
      .returningAll()
      .executeTakeFirst();
    if (!changed) throw notFound();
    if (spend) {
      const { api_mode, model_limits, limit_warning } = changed;
      const present = { ...spend, api_mode, model_limits, limit_warning, now: await databaseTime(trx) };
      // Nothing may have been booked since the day or the month began.
      await rollOver(trx, [present]);
      await noteLimits(trx, present, ofOperator);
    }
    return changed;
  });
}

export type Stopped = ModelProvider | "all";

export interface Stop {
  readonly provider: Stopped;
  readonly since: Date;
}

/** What the operator has stopped: providers, or all of them. */
export async function listStops(sql: Sql): Promise<Stop[]> {
  return sql.selectFrom("model_stops").selectAll().orderBy("provider").execute();
}

/** Has all requests to a provider, or to all, refused from now on. */
export async function stopModels(sql: Sql, provider: Stopped): Promise<void> {
  await sql
    .insertInto("model_stops")
    .values({ provider })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Ends such a stop; `all` ends every one. */
export async function resumeModels(sql: Sql, provider: Stopped): Promise<void> {
  const stops = sql.deleteFrom("model_stops");
  await (provider === "all" ? stops : stops.where("provider", "=", provider)).execute();
}
