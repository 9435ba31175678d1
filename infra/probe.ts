// Readiness probe, run by the stack's command resource: exits 0 once the assistant says it has started.
// Only the JSON body counts: an image may answer any path with 200.
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { howItEnded, LAST_LINES, lastLogLines, RESTARTS_OF_A_CRASH_LOOP } from "./last-words.ts";
import { limitProcesses } from "./limit-processes.ts";

const LOOK_AT_CONTAINER_AFTER_MS = 1_000;
/** An image that keeps answering something else for so long is no slow assistant: it is no assistant. */
const UNFIT_AFTER_MS = 30_000;

interface Probe {
  readonly container: string;
  readonly url: string;
  readonly timeoutSeconds: number;
  readonly hasOwnRuntime: boolean;
}

interface Answer {
  readonly says: string;
  /** Whether it is one that an assistant could give; silence may be. */
  readonly isFit: boolean;
}

const probe = (await json(process.stdin)) as Probe;

// The first thing of all: until then nothing but its memory bounds how often an assistant forks.
await limitProcesses(probe.container).catch(goOnWithoutLimit);
await waitUntilStarted();

async function waitUntilStarted(): Promise<void> {
  const startedAt = Date.now();
  const deadline = startedAt + probe.timeoutSeconds * 1000;
  let pauseMs = 25;
  let answer: Answer = { says: "no answer yet", isFit: true };
  let fitAt = startedAt;
  while (Date.now() < deadline) {
    answer = await ask();
    if (answer.says === "started") return;
    if (answer.isFit) fitAt = Date.now();
    else if (Date.now() - fitAt > UNFIT_AFTER_MS) break;
    if (Date.now() - startedAt > LOOK_AT_CONTAINER_AFTER_MS) await refuseIfCrashed();
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, 1_000);
  }
  if (!answer.isFit)
    await fail(`The image answers, but not as an assistant must: GET /startupz gave ${answer.says}.`);
  await fail(
    `The assistant did not become ready within ${probe.timeoutSeconds} s; last answer: ${answer.says}.`,
  );
}

/** A sandbox may refuse; then its own kernel is what is filled, not the host's. */
async function goOnWithoutLimit(error: Error): Promise<void> {
  // One that ended at once can't be limited either: why it ended is told below.
  if (!(await (await container()).inspect()).State.Running) return;
  if (!probe.hasOwnRuntime) await fail(`Its processes could not be limited (${error.message}).`);
  process.stdout.write(`This runtime does not let the number of processes be limited: ${error.message}\n`);
}

async function ask(): Promise<Answer> {
  try {
    const response = await fetch(probe.url, { signal: AbortSignal.timeout(2_000), redirect: "manual" });
    const status = statusIn(await response.text());
    return {
      says: [...(response.ok ? [] : [response.status]), status ?? "no JSON with a status"].join(" "),
      isFit: status !== undefined && (response.ok || response.status === 503),
    };
  } catch {
    return { says: "no answer", isFit: true };
  }
}

function statusIn(text: string): string | undefined {
  try {
    const { status } = JSON.parse(text);
    return typeof status === "string" ? status : undefined;
  } catch {
    return undefined;
  }
}

async function refuseIfCrashed(): Promise<void> {
  const { State: state, RestartCount: restarts } = await (await container()).inspect();
  if (state.Running && restarts < RESTARTS_OF_A_CRASH_LOOP) return;
  if (state.Restarting && restarts < RESTARTS_OF_A_CRASH_LOOP) return;
  await fail(`The assistant's container keeps ending (${howItEnded(state)}, ${restarts} restarts).`);
}

async function fail(sentence: string): Promise<never> {
  process.stderr.write(`${sentence}\n${LAST_LINES}\n${await lastLogLines(await container())}\n`);
  process.exit(1);
}

async function container() {
  const { default: Docker } = await import("dockerode");
  return new Docker().getContainer(probe.container);
}
