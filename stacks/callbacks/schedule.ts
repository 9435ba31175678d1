// When a callback is tried again: the schedule of Standard Webhooks 1.0, with jitter.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Milliseconds before each attempt, counted from the attempt before it. */
export const DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

const JITTER = 0.2;
/** Receivers that are overloaded, or the proxies before them, say so by these. */
const THROTTLING: readonly number[] = [429, 502, 504];
const THROTTLED_MS = MINUTE;

/**
 * Milliseconds from the beginning of attempt number `attempt` to the next one; undefined if it was the last. An event
 * that had to wait for those before it is not tried for as long again: a dead receiver's backlog must come to an end.
 */
export function nextDelay(
  delaysMs: readonly number[],
  attempt: number,
  ageMs: number,
  answer?: { readonly statusCode: number; readonly retryAfter: string | undefined },
): number | undefined {
  const scheduled = delaysMs[attempt];
  const total = delaysMs.reduce((sum, delay) => sum + delay, 0);
  if (scheduled === undefined || ageMs > 2 * total + HOUR) return undefined;
  const jittered = scheduled * (1 - JITTER + 2 * JITTER * Math.random());
  const throttled = answer && THROTTLING.includes(answer.statusCode) ? THROTTLED_MS : 0;
  const asked = Math.min(retryAfterMs(answer?.retryAfter), Math.max(2 * scheduled, HOUR));
  return Math.max(jittered, throttled, asked);
}

/** Retry-After, in seconds or as a date; 0 if there is none that can be read. */
function retryAfterMs(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d+$/.test(text)) return Number(text) * SECOND;
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now());
}
