// What was measured of an assistant while somebody looked on. Pure.
import type { Usage } from "./shapes.ts";

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
