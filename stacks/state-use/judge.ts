// Whether an assistant's data is within its limit, and what is to be done about it. Pure: who measures is watch.ts.
import type { Measurement } from "../../infra/measure-state.ts";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
/** From this part of the limit on there are warnings. */
export const NEARLY_FULL = 0.9;
/** For who was brought up with more than the limit: to delete files, not to make more. */
export const GRACE_MINUTES = 30;
const MAY_GROW_BY = 0.05;
/** An assistant that writes a larger file on such a disk fails. */
const DISK_FULL_BELOW = 16 * MIB;

/** The last measurement, and what has to be remembered beyond it. */
export interface StateUse extends Measurement {
  /** ISO 8601. */
  readonly measuredAt: string;
  /** The operation that has brought the assistant up, and since when, ISO 8601, it has been measured after that. */
  readonly broughtUpBy: string | null;
  readonly since: string;
  /** Once beyond the limit, and until within it again: how large it may be in the time that it is given. */
  readonly ceilingBytes: number | null;
}

/** `tolerated`: beyond the limit, for a while. `disk full`: the limit of the host, not its own. */
export type Verdict = "within" | "nearly full" | "tolerated" | "full" | "disk full";

export interface Measured {
  readonly measured: Measurement;
  /** 0: none. */
  readonly limitBytes: number;
  readonly before: StateUse | null;
  readonly broughtUpBy: string | null;
  readonly now: Date;
}

/** Remembered in the record, what is tolerated ends at the same moment whichever worker measures. */
export function judge(all: Measured): { readonly use: StateUse; readonly verdict: Verdict } {
  const { measured, limitBytes, before, broughtUpBy, now } = all;
  const { usedBytes } = measured;
  const isFirst = before?.broughtUpBy !== broughtUpBy;
  const isBeyond = limitBytes > 0 && usedBytes > limitBytes;
  const ceiling = before?.ceilingBytes ?? usedBytes + limitBytes * MAY_GROW_BY;
  const use: StateUse = {
    ...measured,
    measuredAt: now.toISOString(),
    broughtUpBy,
    since: isFirst ? now.toISOString() : before.since,
    ceilingBytes: isBeyond ? Math.round(ceiling) : null,
  };
  if (!isBeyond) return { use, verdict: verdictWithin(measured, limitBytes) };
  const wasKnown = isFirst || before.ceilingBytes !== null;
  const isTolerated = wasKnown && usedBytes <= ceiling && now < graceEnds(use);
  return { use, verdict: isTolerated ? "tolerated" : "full" };
}

function verdictWithin({ usedBytes, freeBytes }: Measurement, limitBytes: number): Verdict {
  if (freeBytes < DISK_FULL_BELOW) return "disk full";
  return limitBytes > 0 && usedBytes >= limitBytes * NEARLY_FULL ? "nearly full" : "within";
}

/** Until when data beyond the limit is tolerated. */
export function graceEnds({ since }: Pick<StateUse, "since">): Date {
  return new Date(Date.parse(since) + GRACE_MINUTES * 60_000);
}

/** Below so much free room the operator is told: a twentieth of the disk, but 1 GiB at least and 10 at most. */
export function lowBelow({ diskBytes }: Pick<Measurement, "diskBytes">): number {
  return Math.min(Math.max(diskBytes / 20, GIB), 10 * GIB);
}

/** For people, e.g. `9.3 GiB`. */
export function sizeText(bytes: number): string {
  const [size, unit] = bytes >= GIB ? [bytes / GIB, "GiB"] : [bytes / MIB, "MiB"];
  return `${Math.round(size * 10) / 10} ${unit}`;
}
