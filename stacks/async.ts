/** Does some work now and then every so often, never twice at a time. The returned function stops that. */
export function regularly(everyMs: number, work: () => Promise<void>): () => Promise<void> {
  let latest = work();
  const timer = setInterval(() => {
    latest = latest.then(work);
  }, everyMs);
  return () => {
    clearInterval(timer);
    return latest;
  };
}
