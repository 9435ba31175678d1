// Waits until a running assistant has taken the settings that were just written for it.
import { setTimeout as sleep } from "node:timers/promises";
import { type Address, readSettingsState } from "./plugin-calls.ts";

/** OpenClaw takes a second or two; on a busy machine several. */
const TIMEOUT_MS = 30_000;
const PAUSE_MS = 100;

/**
 * @returns why it refuses them; undefined once they are in force, or where nothing runs that reads settings again by itself
 */
export async function untilApplied(assistant: Address): Promise<string | undefined> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const state = await readSettingsState(assistant);
    if (state === "nobody") return undefined;
    if (state !== "no answer") {
      if (!state.isValid) return state.problems.join("; ").slice(0, 500);
      if (state.isApplied) return undefined;
    }
    await sleep(PAUSE_MS);
  }
  return `It has not taken them within ${TIMEOUT_MS / 1000} s.`;
}
