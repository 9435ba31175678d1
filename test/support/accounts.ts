// Keys of other accounts for a test, made over the API with the operator's key.
import type { Answer, TestBerth } from "./berth.ts";

export interface TestKey {
  readonly keyId: string;
  readonly apiKey: string;
}

/** One API call with that key, as berth.call() makes it with the operator's. */
export type CallWithKey = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

export async function newKey(
  berth: Pick<TestBerth, "call">,
  settings: Record<string, unknown>,
): Promise<TestKey> {
  const { status, body } = await berth.call("POST", "/api/v1/keys", settings);
  if (status !== 201) throw new Error(`No key was made: ${JSON.stringify(body)}`);
  return body.data as unknown as TestKey;
}

export function callWith(berth: Pick<TestBerth, "call">, { apiKey }: Pick<TestKey, "apiKey">): CallWithKey {
  return (method, path, body, headers) => berth.call(method, path, body, { ...headers, "X-API-Key": apiKey });
}
