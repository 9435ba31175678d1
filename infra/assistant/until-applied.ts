// Waits until a running assistant has taken the settings that were just written for it.
import { setTimeout as sleep } from "node:timers/promises";
import { type Address, readSettingsState } from "./plugin-calls.ts";

/** OpenClaw takes a second or two; on a busy machine several. */
const TIMEOUT_MS = 30_000;
/** OpenClaw looks at a changed file within a second, and says until then what it thought of the one before. */
const LOOKS_WITHIN_MS = 8_000;
const PAUSE_MS = 100;

/**
 * @param secretsPath the file of secrets that the new settings name, and no settings before
 * @returns why it refuses them; undefined once they are in force, or where nothing runs that reads settings again by itself
 */
export async function untilApplied(assistant: Address, secretsPath: string): Promise<string | undefined> {
  const startedAt = performance.now();
  let wasValid = false;
  for (; performance.now() - startedAt < TIMEOUT_MS; await sleep(PAUSE_MS)) {
    const state = await readSettingsState(assistant);
    if (state === "nobody") return undefined;
    if (state === "no answer") continue;
    if (state.secretsPath === secretsPath) return undefined;
    const isOfNewFile = wasValid || performance.now() - startedAt > LOOKS_WITHIN_MS;
    if (!state.isValid && isOfNewFile) return state.problems.join("; ").slice(0, 500);
    wasValid ||= state.isValid;
  }
  return `It has not taken them within ${TIMEOUT_MS / 1000} s.`;
}
