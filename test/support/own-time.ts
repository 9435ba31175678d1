// How long something took, in time that this process had. While a busy machine keeps it from running, and while its event
// loop is blocked, no timer of it fires, those of what is tested as little as the one that counts here.

const TICK_MS = 20;

/** Counts from now on until the returned function is called, which gives milliseconds: never more than have passed. */
export function ownTime(): () => number {
  let ticks = 0;
  const timer = setInterval(() => ticks++, TICK_MS);
  return () => {
    clearInterval(timer);
    return ticks * TICK_MS;
  };
}
