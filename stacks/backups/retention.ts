// Keeps as many backups as are to be kept, and no file without a record, whichever process died when.
import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Sql } from "../database/database.ts";
import { isOfTheFuture } from "../database/recent.ts";
import type { Operation } from "../operations/operations.ts";
import type { StackSettings } from "../settings.ts";
import { backupFolder, backupIdOf } from "./files.ts";
import { removeUnneeded } from "./in-use.ts";
import type { Backup } from "./records.ts";

const KEPT_BEFORE_A_CHANGE = 2;
const KEPT_FAILED = 10;
/** A backup of less than that part of the one before is of data that may have been lost. */
const SUDDENLY_SMALL = 1 / 4;

/** Removes what is beyond the numbers kept. Call it when no operation of the deployment is writing. */
export async function tidyBackups(sql: Sql, settings: StackSettings, deploymentId: string): Promise<void> {
  const { keep } = settings.backups;
  const all = await sql
    .selectFrom("backups")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    // One of the future was made while the clock was wrong: it is not newer than those that come after it.
    .orderBy(isOfTheFuture("created_at"))
    .orderBy("id", "desc")
    .execute();
  const ready = (...reasons: readonly Backup["reason"][]) =>
    all.filter(({ state, reason }) => state === "ready" && reasons.includes(reason));
  const surplus = [
    ...surplusOf(ready("requested", "scheduled"), keep),
    ...surplusOf(ready("upgrade"), KEPT_BEFORE_A_CHANGE),
    ...surplusOf(ready("restore"), KEPT_BEFORE_A_CHANGE),
    ...surplusOf(ready("adopt"), KEPT_BEFORE_A_CHANGE),
    ...all.filter(({ state }) => state === "failed").slice(KEPT_FAILED),
  ].map(({ id }) => id);
  const needed = surplus.length > 0 ? await removeUnneeded(sql, surplus) : new Map<string, string>();
  const isKept = (id: string) => !surplus.includes(id) || needed.has(id);
  const kept = all.filter(({ id, state }) => state !== "failed" && isKept(id));
  await removeOthers(backupFolder(settings, deploymentId), new Set(kept.map(({ id }) => id)));
}

/**
 * Those that are beyond the number kept. Data that has suddenly become small, or none, is backed up as ever, but its backups
 * take no place of those from before: as many of both are kept.
 * @param backups newest first
 */
export function surplusOf<T extends Pick<Backup, "size">>(backups: readonly T[], keep: number): T[] {
  const small = new Set<T>();
  let usual = 0;
  for (const backup of backups.toReversed()) {
    const size = Number(backup.size ?? 0);
    if (size < usual * SUDDENLY_SMALL) small.add(backup);
    else usual = size;
  }
  const isSmall = (backup: T) => small.has(backup);
  const others = backups.filter((backup) => !isSmall(backup));
  return [...others.slice(keep), ...backups.filter(isSmall).slice(keep)];
}

async function removeOthers(folder: string, kept: ReadonlySet<string>): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (!kept.has(backupIdOf(name))) await rm(join(folder, name), { force: true });
  // Refused unless it is empty.
  await rmdir(folder).catch(() => {});
}

/** Call it when an operation is settled that may have made a backup. What can't be done is done after the next one. */
export async function tidyAfter(
  { sql, settings, log }: { readonly sql: Sql; readonly settings: StackSettings; readonly log: Logger },
  { kind, deployment_id }: Operation,
): Promise<void> {
  if (kind !== "backup" && kind !== "restore" && kind !== "redeploy" && kind !== "adopt") return;
  await tidyBackups(sql, settings, deployment_id).catch((error: unknown) =>
    log.error({ err: error, deployment: deployment_id }, "old backups could not be removed"),
  );
}
