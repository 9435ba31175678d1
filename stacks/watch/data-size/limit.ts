// Whether an assistant's data is within its limit, and what is to be done about it. Pure: who measures is ../docker/measure-data.ts.
import type { Disk, Measurement } from "../../../infra/found.ts";
import { DISK_FULL_BELOW } from "../../../infra/target.ts";
import type { StateUse } from "../../database/deployment-table.ts";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
/** From this part of the limit on there are warnings. */
export const NEARLY_FULL = 0.9;
/** For who was brought up with more than the limit: to delete files, not to make more. */
export const GRACE_MINUTES = 30;
const MAY_GROW_BY = 0.05;

/** `tolerated`: beyond the limit, for a while. `disk full`: the limit of the host, not its own. */
export type Verdict = "within" | "nearly full" | "tolerated" | "full" | "disk full";

export interface Measured extends Known {
  readonly measured: Measurement;
  /** Whether it was brought up without any data: all that there is was written since. */
  readonly beganEmpty: boolean;
}

interface Known {
  /** 0: none. */
  readonly limitBytes: number;
  readonly before: StateUse | null;
  readonly broughtUpBy: string | null;
  readonly now: Date;
}

export interface Evaluation {
  readonly use: StateUse;
  readonly verdict: Verdict;
}

/** Remembered in the record, what is tolerated ends at the same moment whichever worker measures. */
export function evaluate(all: Measured): Evaluation {
  const { measured, limitBytes, before, broughtUpBy, beganEmpty, now } = all;
  const { usedBytes } = measured;
  const use = { ...measured, measuredAt: now.toISOString(), broughtUpBy, toleratedUntil: null };
  if (limitBytes === 0 || usedBytes <= limitBytes)
    return { use: { ...use, ceilingBytes: null }, verdict: verdictWithin(measured, limitBytes) };
  const broughtUpWith = beganEmpty ? limitBytes : usedBytes;
  const ceilingBytes = before?.ceilingBytes ?? Math.round(broughtUpWith + limitBytes * MAY_GROW_BY);
  const isFirst = before?.broughtUpBy !== broughtUpBy;
  const until = isFirst ? minutesAfter(now, GRACE_MINUTES) : before.toleratedUntil;
  if (until === null || usedBytes > ceilingBytes || now >= new Date(until))
    return { use: { ...use, ceilingBytes }, verdict: "full" };
  return { use: { ...use, toleratedUntil: until, ceilingBytes }, verdict: "tolerated" };
}

/**
 * What can't be measured counts as full: it has the same time to become less, and may not take more of the disk meanwhile
 * than its limit is, however often it is brought up.
 */
export function evaluateUnmeasured({
  disk,
  limitBytes,
  before,
  broughtUpBy,
  now,
}: Known & { readonly disk: Disk }): Evaluation {
  const unmeasuredSince = before?.unmeasuredSince ?? { freeBytes: disk.freeBytes };
  const isFirst = before?.broughtUpBy !== broughtUpBy || before.unmeasuredSince === undefined;
  const until = isFirst ? minutesAfter(now, GRACE_MINUTES) : before.toleratedUntil;
  const usedBytes = Math.max(limitBytes, before?.usedBytes ?? 0);
  const measured = { ...disk, usedBytes, measuredAt: now.toISOString() };
  const use = { ...measured, broughtUpBy, unmeasuredSince, ceilingBytes: before?.ceilingBytes ?? null };
  const isOver =
    until === null || now >= new Date(until) || unmeasuredSince.freeBytes - disk.freeBytes > limitBytes;
  return isOver
    ? { use: { ...use, toleratedUntil: null }, verdict: "full" }
    : { use: { ...use, toleratedUntil: until }, verdict: "tolerated" };
}

function verdictWithin({ usedBytes, freeBytes }: Measurement, limitBytes: number): Verdict {
  if (freeBytes < DISK_FULL_BELOW) return "disk full";
  return limitBytes > 0 && usedBytes >= limitBytes * NEARLY_FULL ? "nearly full" : "within";
}

function minutesAfter(moment: Date, minutes: number): string {
  return new Date(moment.getTime() + minutes * 60_000).toISOString();
}

/** Below so much free room the operator is warned: a twentieth of the disk, but 1 GiB at least and 10 at most. */
export function lowBelow({ diskBytes }: Pick<Measurement, "diskBytes">): number {
  return Math.min(Math.max(diskBytes / 20, GIB), 10 * GIB);
}

/** For people, e.g. `9.3 GiB`. */
export function sizeText(bytes: number): string {
  const [size, unit] = bytes >= GIB ? [bytes / GIB, "GiB"] : [bytes / MIB, "MiB"];
  return `${Math.round(size * 10) / 10} ${unit}`;
}
