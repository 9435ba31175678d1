// A call of a model provider's API, to read what it knows of a model.
import { type Answer, getWhole } from "./whole-answer.ts";

/** OpenRouter's list of all models has about 1 MB. */
const LIMITS = { timeoutMs: 5_000, longest: 8 * 1024 * 1024 } as const;

/** @throws Error when there is no whole answer in time, or it would lead elsewhere. */
export function get(url: string, headers: Record<string, string>): Promise<Answer> {
  return getWhole(url, { headers, ...LIMITS });
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
