// Times of the database by its own clock.
import { sql as raw } from "kysely";

/** Whether a column's time is within so many seconds of now. One further in the future was written by a clock that was wrong. */
export function isRecent(column: string, seconds: number) {
  const period = raw`make_interval(secs => ${seconds})`;
  return raw<boolean>`${raw.ref(column)} between now() - ${period} and now() + ${period}`;
}
