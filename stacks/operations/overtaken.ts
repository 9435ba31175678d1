// Whether an operation has become needless before it was carried out.
import type { Sql } from "../database/database.ts";
import type { Deployment } from "../deployments/deployments.ts";
import type { Operation } from "./operations.ts";

/**
 * What was asked for later makes all that this would have made. Not so a restore or a move, which copy data; nor a backup if
 * all that was asked for later is done to what runs; and a later backup makes nothing of the stack.
 */
export async function isOvertaken(
  sql: Sql,
  { id, kind, deployment_id }: Operation,
  { operation_id }: Deployment,
): Promise<boolean> {
  if (operation_id === null || operation_id === id || kind === "restore" || kind === "adopt") return false;
  const later = await sql
    .selectFrom("operations")
    .select("id")
    .where("deployment_id", "=", deployment_id)
    .where((is) => is.or([is("id", ">", id), is("id", "=", operation_id)]))
    .where("kind", "not in", kind === "backup" ? ["backup", "patch"] : ["backup"])
    .executeTakeFirst();
  return later !== undefined;
}
