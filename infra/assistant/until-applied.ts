// Waits until a running assistant has taken the settings that are written for it.
import { setTimeout as sleep } from "node:timers/promises";
import { type Address, readSettingsState, type SettingsState } from "./plugin-calls.ts";

/** OpenClaw takes a second or two; on a busy machine several. */
const TIMEOUT_MS = 30_000;
/** OpenClaw looks at a changed file within a second, and until then reports on the one before. */
const LOOKS_WITHIN_MS = 8_000;
const PAUSE_MS = 100;

/**
 * Writes other settings, and waits until the assistant goes by them.
 * @returns why it refuses them; undefined once they are in force, or where nothing runs that reads settings again by itself
 */
export async function untilApplied(
  assistant: Address,
  write: () => Promise<unknown>,
): Promise<string | undefined> {
  const before = await readSettingsState(assistant);
  await write();
  if (before === "nobody") return undefined;
  const known = before === "no answer" ? undefined : before;
  const writtenAt = performance.now();
  for (; performance.now() - writtenAt < TIMEOUT_MS; await sleep(PAUSE_MS)) {
    const state = await readSettingsState(assistant);
    if (state === "nobody") return undefined;
    if (state === "no answer") continue;
    const hasLooked = performance.now() - writtenAt > LOOKS_WITHIN_MS || isOther(state, known);
    if (!hasLooked) continue;
    if (!state.isValid) return state.problems.join("; ").slice(0, 500);
    if (state.isInForce) return undefined;
  }
  return `It has not taken them within ${TIMEOUT_MS / 1000} s.`;
}

/** Whether it reports on another file than before. One that it objects to has no revision of its own. */
function isOther(state: SettingsState, before: SettingsState | undefined): boolean {
  if (!before) return false;
  return state.revision !== before.revision || (before.isValid && !state.isValid);
}
