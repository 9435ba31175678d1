// Assistants of paid slots that are started ahead of their activation, and wait for it: which of them, how many, until when.
import { sql as raw } from "kysely";
import type { Memory } from "../../infra/found.ts";
import { capabilitiesOf } from "../../infra/targets.ts";
import type { Sql } from "../database/database.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment, DeploymentChange } from "./deployments.ts";

type PrebootParts = Pick<StackSettings, "places" | "preboot" | "memoryMib">;

/** Of the host's memory, all that wait may have so much where no number is set, and as much has to stay free besides. */
const SHARE = 1 / 4;
const MIB = 1024 * 1024;

/** What a payment makes of its slot. */
export function prebootOnPayment(settings: Omit<PrebootParts, "memoryMib">): DeploymentChange {
  const { preboot } = settings;
  const [first] = settings.places;
  if (!preboot || preboot.most === 0 || !first || !capabilitiesOf(first).preboot) return {};
  return { preboot_until: raw<Date>`now() + make_interval(secs => ${preboot.forMs / 1000})` };
}

/** Those that wait, or are about to, the newest first. */
export async function listPrebooted(sql: Sql): Promise<Deployment[]> {
  return sql
    .selectFrom("deployments")
    .selectAll()
    .where("preboot_until", ">", raw<Date>`now()`)
    .where("status", "=", "purchased")
    .orderBy("preboot_until", "desc")
    .orderBy("id", "desc")
    .execute();
}

/** How many may wait at once. */
export function mostPrebooted(
  { preboot, memoryMib }: Omit<PrebootParts, "places">,
  memory: Memory | undefined,
): number {
  if (!preboot) return 0;
  return preboot.most ?? Math.floor(((memory?.totalBytes ?? 0) * SHARE) / (memoryMib * MIB));
}

/** Whether one more may be started: where no number is set, only if others can still be activated beside it. */
export function hasRoomToWait(
  { preboot, memoryMib }: Omit<PrebootParts, "places">,
  memory: Memory | undefined,
): boolean {
  if (preboot?.most !== undefined) return true;
  if (!memory) return false;
  const limitBytes = memoryMib * MIB;
  return memory.freeBytes - limitBytes >= Math.max(limitBytes, memory.totalBytes * SHARE);
}

/** Whether an assistant can be started for somebody who has asked for it. Where nothing is known of the memory, it can. */
export function hasRoomToStart(
  { memoryMib }: Pick<PrebootParts, "memoryMib">,
  memory: Memory | undefined,
): boolean {
  return !memory || memory.freeBytes >= memoryMib * MIB;
}

/** One that waits, or should, as its record and the engine have it. */
export interface Waiting {
  readonly id: string;
  readonly until: Date;
  /** Whether its slot is still one that is paid for. */
  readonly isPaid: boolean;
  /** Whether it was started, and has not ended again and again since. */
  readonly isWell: boolean;
}

/** Ids of those whose waiting is over: their time has passed, newer ones are as many as may wait, or they are not well. */
export function overNow(
  slots: readonly Waiting[],
  { now, most }: { readonly now: Date; readonly most: number },
): string[] {
  const isGood = ({ isPaid, isWell, until }: Waiting) => isPaid && isWell && until > now;
  const newest = slots
    .filter(isGood)
    .toSorted((one, other) => other.until.getTime() - one.until.getTime() || (one.id < other.id ? 1 : -1));
  const staying = new Set(newest.slice(0, most).map(({ id }) => id));
  return slots.map(({ id }) => id).filter((id) => !staying.has(id));
}
