// Accounts take turns: one with many waiting operations holds up its own, not those of the others.
import { type RawBuilder, sql } from "kysely";
import type { Operation } from "./operations.ts";

/** The queue's priority of what copies data is this or lower, that of everything else higher. */
export const COPIES_BELOW = -1_000_000_000;

const COPIES: readonly Operation["kind"][] = ["backup", "restore", "adopt"];

/** In the queue the highest priority is the next. It keeps copies, which take long, apart from what starts and stops. */
export function priorityOf({ kind, turn }: Pick<Operation, "kind" | "turn">): number {
  return COPIES.includes(kind) ? COPIES_BELOW - turn : -turn;
}

/**
 * The turn of a deployment's new operation, for an insert; of waiting operations the one with the lowest turn is the next.
 * It is one later than the turn that is being carried out, and than that of the account's latest operation which has not
 * ended (start-time fair queuing): an account that has none waits for one operation of each of the others.
 */
export function nextTurn(deploymentId: string): RawBuilder<number> {
  return sql<number>`(
    select 1 + greatest(
      coalesce(max(turn) filter (where state = 'running'), 0),
      coalesce(min(turn) filter (where state = 'queued'), 1) - 1,
      coalesce(max(turn) filter (where account_id =
        (select account_id from deployments where id = ${deploymentId})), 0))
    from operations join deployments on deployments.id = operations.deployment_id
    where state in ('queued', 'running'))`;
}
