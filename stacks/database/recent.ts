// Times of the database by its own clock.
import { sql as raw } from "kysely";
import type { Sql } from "./database.ts";

/** Whether a column's time is within so many seconds of now. One further in the future was written by a clock that was wrong. */
export function isRecent(column: string, seconds: number) {
  const period = raw`make_interval(secs => ${seconds})`;
  return raw<boolean>`${raw.ref(column)} between now() - ${period} and now() + ${period}`;
}

/** Whether a column's time was written by a clock that was wrong; hosts' clocks may differ by less than an hour. */
export function isOfTheFuture(column: string) {
  return raw<boolean>`${raw.ref(column)} > now() + interval '1 hour'`;
}

export async function databaseTime(sql: Sql): Promise<Date> {
  const { rows } = await raw<{ now: Date }>`select now() as now`.execute(sql);
  return rows[0]?.now ?? new Date();
}
