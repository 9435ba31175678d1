// How much room the data of all assistants was last found to take, for the operator.
import { sql as raw } from "kysely";
import type { Sql } from "../../database/database.ts";
import type { StateUse } from "../../database/deployment-table.ts";

/** What the disk of the assistants' data was last seen to have. */
export type Disk = Pick<StateUse, "freeBytes" | "diskBytes" | "measuredAt">;

export interface StateTally {
  readonly used: readonly { readonly deployment: string; readonly bytes: number }[];
  /** Undefined until something was measured. */
  readonly disk: Disk | undefined;
}

/** Of all deployments that are there; a stopped one's as it was last seen. */
export async function takeStateTally(sql: Sql): Promise<StateTally> {
  const rows = await measured(sql).select("id").execute();
  return {
    used: rows.flatMap(({ id, state_use: use }) => (use ? [{ deployment: id, bytes: use.usedBytes }] : [])),
    disk: await latestDisk(sql),
  };
}

/** By the latest measurement of any assistant; undefined before there was one. */
export async function latestDisk(sql: Sql): Promise<Disk | undefined> {
  const latest = measured(sql).orderBy(raw`state_use->>'measuredAt' desc`).limit(1);
  return (await latest.executeTakeFirst())?.state_use ?? undefined;
}

function measured(sql: Sql) {
  return sql
    .selectFrom("deployments")
    .select("state_use")
    .where("status", "!=", "deleted")
    .where("state_use", "is not", null);
}
