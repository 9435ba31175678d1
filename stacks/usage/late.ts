// Records what former gateways have sent while the database was away, and could not write down themselves.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { book } from "./booking.ts";
import type { Judging } from "./decide.ts";
import { isJournal, readJournal } from "./journal.ts";

/** A gateway that has not been seen for so long has ended. */
const GONE_AFTER_SECONDS = 60;

/**
 * Records them. Files of gateways that still live are theirs.
 * @param alone whether this process is the only one on its database
 * @returns how many there were
 */
export async function recordLeft(
  sql: Sql,
  dataDir: string,
  judging: Judging,
  alone: boolean,
): Promise<number> {
  const found = (await readdir(dataDir)).filter(isJournal);
  if (found.length === 0) return 0;
  const living = [judging.gatewayId, ...(alone ? [] : await listLiving(sql))];
  const files = found.filter((name) => !living.some((id) => name.startsWith(id)));
  let count = 0;
  for (const name of files) {
    const late = await readJournal(join(dataDir, name));
    await book(sql, { asks: [], settlements: [], late }, judging);
    await rm(join(dataDir, name), { force: true });
    count += late.length;
  }
  return count;
}

async function listLiving(sql: Sql): Promise<string[]> {
  const rows = await sql
    .selectFrom("model_gateways")
    .select("id")
    .where("seen_at", ">", raw<Date>`now() - make_interval(secs => ${GONE_AFTER_SECONDS})`)
    .execute();
  return rows.map(({ id }) => id);
}
