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
