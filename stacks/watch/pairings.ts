// Who waits to be let in: the assistant alone knows, and says nothing by itself. What has changed is written down, and so it is
// announced to streams.
import { type Address, readPairings } from "../../infra/assistant/plugin-calls.ts";
import type { Sql } from "../database/database.ts";
import type { Deployment } from "../deployments/deployments.ts";

/** It holds up the looks at others. */
const TIMEOUT_MS = 5_000;

/** Whether who writes to it can be waiting: with an allow list nobody gets a code. */
export function mayWait({ allow_from, telegram_bot_token }: Deployment): boolean {
  return telegram_bot_token !== null && (allow_from ?? []).length === 0;
}

/** Asks the assistant; where it does not answer, nothing is changed. */
export async function recordPairings(sql: Sql, { id }: Deployment, address: Address): Promise<void> {
  const waiting = await readPairings(address, TIMEOUT_MS).catch(() => undefined);
  if (!waiting) return;
  const requests = waiting
    .map(({ requestId, createdAt }) => `${requestId} ${createdAt}`)
    .toSorted()
    .join("\n");
  if (requests === "") await changeFrom(sql, id);
  else await changeTo(sql, id, requests);
}

async function changeFrom(sql: Sql, id: string): Promise<void> {
  await sql
    .updateTable("pending_pairings")
    .set({ requests: "" })
    .where("deployment_id", "=", id)
    .where("requests", "<>", "")
    .execute();
}

async function changeTo(sql: Sql, id: string, requests: string): Promise<void> {
  await sql
    .insertInto("pending_pairings")
    .values({ deployment_id: id, requests })
    .onConflict((conflict) =>
      conflict
        .column("deployment_id")
        .doUpdateSet({ requests })
        .where("pending_pairings.requests", "<>", requests),
    )
    .execute();
}
