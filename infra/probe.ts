// Readiness probe, run by the stack's command resource: exits 0 once the assistant says it has started.
// Only the JSON body counts: an image may answer any path with 200.
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { howItEnded, lastLogLines } from "./last-words.ts";

/** An assistant takes seconds to start: asked less often, as much again would be lost at the end. */
const LONGEST_PAUSE_MS = 100;
const LOOK_AT_CONTAINER_EVERY_MS = 1_000;
const RESTARTS_OF_A_CRASH_LOOP = 5;

interface Probe {
  readonly container: string;
  readonly url: string;
  readonly timeoutSeconds: number;
}

const probe = (await json(process.stdin)) as Probe;

await waitUntilStarted();

async function waitUntilStarted(): Promise<void> {
  const deadline = Date.now() + probe.timeoutSeconds * 1000;
  let lookAt = Date.now() + LOOK_AT_CONTAINER_EVERY_MS;
  let pauseMs = 25;
  let answer = "no answer yet";
  while (Date.now() < deadline) {
    answer = await ask();
    if (answer === "started") return;
    if (Date.now() > lookAt) {
      await refuseIfCrashed();
      lookAt = Date.now() + LOOK_AT_CONTAINER_EVERY_MS;
    }
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
  }
  await fail(`The assistant did not become ready within ${probe.timeoutSeconds} s; last answer: ${answer}.`);
}

async function ask(): Promise<string> {
  try {
    const response = await fetch(probe.url, { signal: AbortSignal.timeout(2_000), redirect: "error" });
    const body: unknown = await response.json();
    const status = body && typeof body === "object" && "status" in body ? String(body.status) : "no status";
    return response.ok ? status : `${response.status} ${status}`;
  } catch (error) {
    return error instanceof SyntaxError ? "not JSON" : "no answer";
  }
}

async function refuseIfCrashed(): Promise<void> {
  const { State: state, RestartCount: restarts } = await (await container()).inspect();
  if (state.Running && restarts < RESTARTS_OF_A_CRASH_LOOP) return;
  if (state.Restarting && restarts < RESTARTS_OF_A_CRASH_LOOP) return;
  await fail(`The assistant's container keeps ending (${howItEnded(state)}, ${restarts} restarts).`);
}

async function fail(sentence: string): Promise<never> {
  process.stderr.write(`${sentence}\nLast lines of its log:\n${await lastLogLines(await container())}\n`);
  process.exit(1);
}

async function container() {
  const { default: Docker } = await import("dockerode");
  return new Docker().getContainer(probe.container);
}
