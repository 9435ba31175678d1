// How rehearsals have ended, for every process of the installation: a worker rehearses, and an API sells.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { isRecent } from "../database/recent.ts";

/** Workers write it down again more often than that. */
const COUNTS_FOR_SECONDS = 3_600;

type RehearsalState =
  | { readonly state: "unknown" }
  | { readonly state: "passed" }
  | { readonly state: "failed"; readonly problem: string };

/** @param problem null once it has passed */
export async function recordRehearsal(sql: Sql, worker: string, problem: string | null): Promise<void> {
  await raw`insert into rehearsals (worker, problem, at) values (${worker}, ${problem}, now())
    on conflict (worker) do update set problem = excluded.problem, at = excluded.at`.execute(sql);
}

/**
 * Passed where some worker's has, of those seen within the hour; while none was, the last that was seen counts. One of far in
 * the future was written by a clock that was wrong.
 */
export async function readRehearsals(sql: Sql): Promise<RehearsalState> {
  const { rows } = await raw<{ problem: string | null; counts: boolean }>`
    select problem, ${isRecent("at", COUNTS_FOR_SECONDS)} as counts
    from rehearsals order by at desc`.execute(sql);
  const present = rows.filter(({ counts }) => counts);
  const [latest, ...others] = present.length > 0 ? present : rows.slice(0, 1);
  if (!latest) return { state: "unknown" };
  const { problem } = latest;
  if (problem === null || others.some((other) => other.problem === null)) return { state: "passed" };
  return { state: "failed", problem };
}
