// The one operation that nobody asks for: an active assistant that can't stay up, or may not, is failed.
import { v7 as uuidv7 } from "uuid";
import { recordCallback } from "../callbacks/events.ts";
import type { Cause } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import type { Difference, Seen } from "../database/deployment-table.ts";
import { type Deployment, move } from "../deployments/deployments.ts";
import { ENDS, LIFECYCLE } from "../lifecycle.ts";
import { countOperation } from "./counts.ts";

/**
 * An active assistant that can't stay up, or may not, is failed, by an operation of its own that says why. False if
 * that is decided already, or the deployment isn't what was read any more.
 */
export async function recordCrash(
  sql: Sql,
  read: Pick<Deployment, "id" | "account_id" | "operation_id" | "seen">,
  found: Difference,
  cause: Cause,
): Promise<boolean> {
  return sql.transaction().execute(async (trx) => {
    const current = await trx
      .selectFrom("deployments")
      .select("id")
      .where("id", "=", read.id)
      .where("status", "in", LIFECYCLE.crash.from)
      .where("operation_id", "=", read.operation_id)
      .forUpdate()
      .executeTakeFirst();
    if (!current) return false;
    const id = uuidv7();
    // It has never begun to work on the stack: what comes next has nothing to take over from it.
    const ended = { state: "failed", error: JSON.stringify(cause), finished_at: new Date() } as const;
    await trx
      .insertInto("operations")
      .values({ id, deployment_id: read.id, kind: "crash", ...ended })
      .execute();
    const seen = JSON.stringify({ ...found, since: sinceWhen(read.seen, found) });
    const status = ENDS.crash.failed;
    await move(trx, {
      accountId: read.account_id,
      id: read.id,
      call: "crash",
      change: { status, operation_id: id, seen },
    });
    await recordCallback(trx, { deploymentId: read.id, status, operationId: id, errorCode: cause.code });
    await countOperation(trx, { kind: "crash", outcome: ended.state, seconds: 0 });
    return true;
  });
}

export function sinceWhen(before: Seen | null, found: Difference): string {
  return before?.state === found.state ? before.since : new Date().toISOString();
}
