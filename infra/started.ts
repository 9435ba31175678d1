// Whether an assistant has started, by its own word. Only the JSON body counts: an image may answer any path with 200.
import { setTimeout as sleep } from "node:timers/promises";
import { howItEnded, lastLogLines } from "./last-words.ts";

const LOOK_AT_CONTAINER_AFTER_MS = 1_000;
const RESTARTS_OF_A_CRASH_LOOP = 5;

export interface Probe {
  readonly container: string;
  readonly url: string;
  readonly timeoutSeconds: number;
}

/** @throws Error when it keeps ending or doesn't start in time, with the last lines of its log, which may hold secrets. */
export async function untilStarted(probe: Probe): Promise<void> {
  const startedAt = Date.now();
  const deadline = startedAt + probe.timeoutSeconds * 1000;
  let pauseMs = 25;
  let answer = "no answer yet";
  while (Date.now() < deadline) {
    answer = await ask(probe.url);
    if (answer === "started") return;
    if (Date.now() - startedAt > LOOK_AT_CONTAINER_AFTER_MS) await refuseIfCrashed(probe);
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, 1_000);
  }
  await fail(
    probe,
    `The assistant did not become ready within ${probe.timeoutSeconds} s; last answer: ${answer}.`,
  );
}

async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: "error" });
    const body: unknown = await response.json();
    const status = body && typeof body === "object" && "status" in body ? String(body.status) : "no status";
    return response.ok ? status : `${response.status} ${status}`;
  } catch (error) {
    return error instanceof SyntaxError ? "not JSON" : "no answer";
  }
}

async function refuseIfCrashed(probe: Probe): Promise<void> {
  const { State: state, RestartCount: restarts } = await (await containerOf(probe)).inspect();
  if (state.Running && restarts < RESTARTS_OF_A_CRASH_LOOP) return;
  if (state.Restarting && restarts < RESTARTS_OF_A_CRASH_LOOP) return;
  await fail(probe, `The assistant's container keeps ending (${howItEnded(state)}, ${restarts} restarts).`);
}

async function fail(probe: Probe, sentence: string): Promise<never> {
  throw new Error(`${sentence}\nLast lines of its log:\n${await lastLogLines(await containerOf(probe))}`);
}

/** Loaded when it is needed: that takes longer than most assistants do. */
async function containerOf(probe: Probe) {
  const { default: Docker } = await import("dockerode");
  return new Docker().getContainer(probe.container);
}
