// Records what former gateways have sent while the database was away, and could not write down themselves.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Sql } from "../database/database.ts";
import { listLiving } from "./alive.ts";
import { book } from "./booking.ts";
import type { Judging } from "./decide.ts";
import { isJournal, readJournal } from "./journal.ts";

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
  const living = await listLiving(sql, judging.gatewayId, alone);
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
