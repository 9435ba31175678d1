// How every client of AWS is made here: region by setting, credentials by AWS's usual chain, no endless waiting.

/** Options that all clients of the SDK take. */
export function clientOptions(region: string) {
  return {
    region,
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 },
  };
}

/** Name and words of an error of AWS, without the request that it answers. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/;

/** Whether the same call may be answered a moment later: AWS is away, or has too much to do. The SDK has asked again by then. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $fault, code } = error as { readonly $fault?: "client" | "server"; readonly code?: unknown };
  if ($fault) return $fault === "server" || THROTTLED.test(error.name);
  return error.name === "TimeoutError" || (typeof code === "string" && /^E[A-Z_]+$/.test(code));
}

/** Undefined for what may pass. @throws every other error */
export function unlessPassing(error: unknown): undefined {
  if (!mayPass(error)) throw error;
}
