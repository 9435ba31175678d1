// What an operation has remarked although it was done: a warning in the deployment's status until a later redeploy.
import { sql as raw } from "kysely";
import type { Cause } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import type { Remark } from "../database/deployment-table.ts";
import type { DeploymentChange } from "../deployments/deployments.ts";
import type { Operation } from "./operations.ts";

/** Written at once: an attempt that is cut off afterwards finds nothing to remark when it is tried again. */
export async function recordRemark(sql: Sql, operation: Operation, cause: Cause): Promise<void> {
  const remark: Remark = { cause, since: new Date().toISOString(), operationId: operation.id };
  await sql
    .updateTable("deployments")
    .set({ remark: JSON.stringify(remark) })
    .where("id", "=", operation.deployment_id)
    .execute();
}

/**
 * What a redeploy that has succeeded makes of it. What a failed operation has remarked nobody could see in the status of an
 * active assistant: it stands for one redeploy more.
 */
export function remarkAfterRedeploy({ id }: Operation): DeploymentChange {
  return {
    remark: raw<string | null>`case
      when remark->>'operationId' = ${id} then remark
      when exists (select from operations as earlier
        where earlier.id = (remark->>'operationId')::uuid and earlier.state <> 'succeeded')
        then jsonb_set(remark, '{operationId}', to_jsonb(${id}::text))
    end`,
  };
}
