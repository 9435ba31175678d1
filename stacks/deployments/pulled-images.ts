// Which images were pulled for deployments, and since when no deployment needs them.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";

/** As long as somebody may want it back: a way back, or the same tag once more. */
const KEPT_HOURS = 24;

export interface PulledImage {
  /** As deployments are pinned to it. */
  readonly pin: string;
  /** What was pulled. */
  readonly reference: string;
}

export async function recordPull(sql: Sql, { pin, reference }: PulledImage): Promise<void> {
  await sql
    .insertInto("pulled_images")
    .values({ pin, reference })
    .onConflict((conflict) => conflict.column("pin").doUpdateSet({ reference, unused_since: null }))
    .execute();
}

/** Notes which of them no deployment needs. @returns those that none has needed for a day */
export async function listUnneeded(sql: Sql): Promise<PulledImage[]> {
  const isNeeded = raw<boolean>`exists (
    select from deployments d where d.status <> 'deleted' and (
      d.pinned_image = pin or d.image in (pin, reference) or d.unfinished_upgrade->>'to' = pin
    ))`;
  // A time in the future was noted by a clock that was wrong.
  const since = raw<Date | null>`case when ${isNeeded} then null
    when unused_since <= now() then unused_since else now() end`;
  const rows = await sql
    .updateTable("pulled_images")
    .set({ unused_since: since })
    .returning([
      "pin",
      "reference",
      raw<boolean>`coalesce(unused_since < now() - make_interval(hours => ${KEPT_HOURS}), false)`.as("isDue"),
    ])
    .execute();
  return rows.filter(({ isDue }) => isDue);
}

export async function forgetPull(sql: Sql, pin: string): Promise<void> {
  await sql.deleteFrom("pulled_images").where("pin", "=", pin).execute();
}

/** What is there and was not needed when that was looked at last. */
export async function unneededImages(sql: Sql): Promise<{ reference: string; since: Date }[]> {
  const rows = await sql
    .selectFrom("pulled_images")
    .select(["reference", "unused_since"])
    .where("unused_since", "is not", null)
    .orderBy("pulled_at")
    .execute();
  return rows.flatMap(({ reference, unused_since: since }) => (since ? [{ reference, since }] : []));
}
