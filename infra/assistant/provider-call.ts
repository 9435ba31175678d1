// A call of a model provider's API, to read what it knows of a model.

import { NO_STRANGERS, type Strangers } from "./strangers.ts";
import { type Answer, getWhole, wholeText } from "./whole-answer.ts";

/** OpenRouter's list of all models has about 1 MB. */
const LIMITS = { timeoutMs: 5_000, longest: 8 * 1024 * 1024 } as const;
/** What a customer's own server may have. */
const STRANGERS_LONGEST = 1024 * 1024;

export type Verdict = "accepted" | "key refused" | "model unknown" | "no answer";

/** @throws Error when there is no whole answer in time, or it would lead elsewhere. */
export function get(url: string, headers: Record<string, string>): Promise<Answer> {
  return getWhole(url, { headers, ...LIMITS });
}

/** As get, of a server that a customer has named: at a checked address alone. */
export async function getOfStranger(
  strangers: Strangers = NO_STRANGERS,
  url: string,
  headers: Record<string, string>,
): Promise<Answer> {
  // Not before it is needed: it takes long to load.
  const { strangersAgent } = await import("./strangers-agent.ts");
  const agent = strangersAgent(strangers, { connect: { timeout: LIMITS.timeoutMs } });
  try {
    const { statusCode: status, body } = await agent.request({
      ...{ method: "GET", origin: new URL(url).origin, path: new URL(url).pathname },
      headers: { ...headers, accept: "application/json", "accept-encoding": "identity" },
      signal: AbortSignal.timeout(LIMITS.timeoutMs),
    });
    return { status, text: await wholeText(body, STRANGERS_LONGEST) };
  } finally {
    await agent.destroy();
  }
}

/** The JSON of an answer. @throws Error as get, and unless it is one with 200 */
export async function listed(url: string, headers: Record<string, string>): Promise<unknown> {
  const { status, text } = await get(url, headers);
  if (status !== 200) throw new Error(`Not a list, but ${status}.`);
  return JSON.parse(text);
}

export function bearer(key: string): Record<string, string> {
  return { Authorization: `Bearer ${key}` };
}

/** A page that is no JSON is somebody else's answer. */
export function acceptedIfOk({ status, text }: Answer): Verdict {
  return status === 200 && isJson(text) ? "accepted" : "no answer";
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
