// Berth's time. What happens there is shown by it: the clock of the machine that shows the page may be wrong by days or years.

/** Less is how long an answer was under way, or a clock that is right. */
const LEAST_MS = 30_000;

let aheadMs = 0;

/** Milliseconds since 1970. */
export function berthNow(): number {
  return Date.now() + aheadMs;
}

/** @param date of an answer, as HTTP writes it */
export function noteTime(date: string | null): void {
  const at = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(at)) return;
  const ahead = at - Date.now();
  aheadMs = Math.abs(ahead) < LEAST_MS ? 0 : ahead;
}
