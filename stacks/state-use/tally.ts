// How much room the data of all assistants was last found to take, for the operator.
import { sql as raw } from "kysely";
import type { Sql } from "../database.ts";
import type { StateUse } from "./judge.ts";

/** What the disk of the assistants' data was last seen to have. */
export type Disk = Pick<StateUse, "freeBytes" | "diskBytes" | "measuredAt">;

export interface StateTally {
  readonly used: readonly { readonly deployment: string; readonly bytes: number }[];
  /** Undefined until something was measured. */
  readonly disk: Disk | undefined;
}

/** Of all deployments that are there; a stopped one's as it was last seen. */
export async function takeStateTally(sql: Sql): Promise<StateTally> {
  const rows = await sql
    .selectFrom("deployments")
    .select(["id", "state_use"])
    .where("status", "!=", "deleted")
    .where("state_use", "is not", null)
    .orderBy(raw`state_use->>'measuredAt' desc`)
    .execute();
  return {
    used: rows.flatMap(({ id, state_use }) =>
      state_use ? [{ deployment: id, bytes: state_use.usedBytes }] : [],
    ),
    disk: rows[0]?.state_use ?? undefined,
  };
}
