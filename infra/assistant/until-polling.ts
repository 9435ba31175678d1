// Waits until an assistant that was given a bot while it runs reads that bot's messages, or says why it does not.
import { setTimeout as sleep } from "node:timers/promises";
import { type Address, readStatus } from "./plugin-calls.ts";

/** OpenClaw takes two to five seconds; on a busy machine several times that. */
const TIMEOUT_MS = 30_000;
const PAUSE_MS = 100;

/** @returns whether it has said either in time */
export async function untilPolling(assistant: Address, signal: AbortSignal): Promise<boolean> {
  for (const deadline = performance.now() + TIMEOUT_MS; performance.now() < deadline; await sleep(PAUSE_MS)) {
    signal.throwIfAborted();
    const channel = (await readStatus(assistant))?.channel;
    if (!channel) continue;
    const { isConnected, hasFailed, hasGivenUp, isContested } = channel;
    if (isConnected || hasFailed || hasGivenUp || isContested) return true;
  }
  return false;
}
