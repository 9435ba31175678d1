// Requests to models that a provider has taken and not begun to answer: the gateway alone sees them.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";

/** Writes down that a request's answer does not begin, or that it has begun after all. */
export async function recordSilence(sql: Sql, requestId: string, isSilent: boolean): Promise<void> {
  await sql
    .updateTable("model_requests")
    .set({ silent_since: isSilent ? raw<Date>`at` : null })
    .where("id", "=", requestId)
    .where("state", "=", "open")
    .execute();
}

/** Ids of deployments with a request that is not answered. */
export async function listSilent(sql: Sql): Promise<ReadonlySet<string>> {
  const rows = await sql
    .selectFrom("model_requests")
    .select("deployment_id")
    .distinct()
    .where("state", "=", "open")
    .where("silent_since", "is not", null)
    .execute();
  return new Set(rows.map(({ deployment_id }) => deployment_id));
}
