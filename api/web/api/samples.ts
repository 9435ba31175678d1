// What was measured of an assistant: in the last hour, and while somebody looks on. Pure.
import type { PastSample, Usage } from "./shapes.ts";

export interface Sample extends Usage {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Bytes a second since the sample before; null where that is not known. */
  readonly receivedPerSecond: number | null;
  readonly sentPerSecond: number | null;
}

export const KEPT_MS = 3_600_000;

/** @param now in milliseconds since 1970 */
export function withSample(samples: readonly Sample[], usage: Usage, now: number): readonly Sample[] {
  const last = samples.at(-1);
  const sample: Sample = {
    ...usage,
    at: now,
    receivedPerSecond: rate(last?.receivedBytes, usage.receivedBytes, last?.at, now),
    sentPerSecond: rate(last?.sentBytes, usage.sentBytes, last?.at, now),
  };
  return [...samples.filter(({ at }) => at > now - KEPT_MS), sample];
}

/** A container that has started again counts from zero. */
function rate(
  before: number | null | undefined,
  after: number | null,
  from: number | undefined,
  until: number,
): number | null {
  if (before === null || before === undefined || after === null || from === undefined) return null;
  if (after < before || until <= from) return null;
  return ((after - before) * 1_000) / (until - from);
}

/** One moment of a chart. A moment without values is a gap: no line is drawn across it. */
export interface ChartRow {
  readonly at: number;
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
  readonly receivedPerSecond: number | null;
  readonly sentPerSecond: number | null;
  readonly stateUsedBytes: number | null;
}

/** Measurements are never made quite on time. */
const LATE_BY_MS = 5_000;

/** The last hour, with its gaps. */
export function pastRows(past: readonly PastSample[]): readonly ChartRow[] {
  return past.flatMap((sample, index) => {
    const at = Date.parse(sample.at);
    const row: ChartRow = {
      at,
      cpuCores: sample.cpuCores,
      memoryBytes: sample.memoryBytes,
      receivedPerSecond: sample.receivedBytesPerSecond,
      sentPerSecond: sample.sentBytesPerSecond,
      stateUsedBytes: sample.stateUsedBytes,
    };
    const before = past[index - 1];
    if (!before) return row;
    const knownSince = sample.seconds === null ? at : at - sample.seconds * 1_000;
    const isNext = knownSince - Date.parse(before.at) <= LATE_BY_MS;
    return isNext ? row : [{ ...NOTHING, at: knownSince - 1 }, row];
  });
}

const NOTHING = {
  cpuCores: null,
  memoryBytes: null,
  receivedPerSecond: null,
  sentPerSecond: null,
  stateUsedBytes: null,
} as const;

/** Whether one of the values stands alone, and no line leads to it. */
export function hasLonely(values: readonly (number | null)[]): boolean {
  const isThere = (index: number) => (values[index] ?? null) !== null;
  return values.some((_, index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1));
}
