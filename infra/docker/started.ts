// Whether an assistant has started, by its own word. Only the JSON body counts: an image may answer any path with 200.

import { setTimeout as sleep } from "node:timers/promises";
import { sendHttp } from "../assistant/http-request.ts";
import { marked } from "../assistant/own-words.ts";
import {
  askStartup,
  type StartupAnswer,
  UNFIT_AFTER_MS,
  unfitSentence,
} from "../assistant/startup-answer.ts";
import { LAST_LINES } from "../target.ts";
import { lastLogLines, RESTARTS_OF_A_CRASH_LOOP } from "./last-words.ts";

/** An assistant takes seconds to start: asked less often, as much again would be lost at the end. */
const LONGEST_PAUSE_MS = 100;
const ASK_TIMEOUT_MS = 2_000;
const LOOK_AT_CONTAINER_EVERY_MS = 1_000;

export interface Probe {
  readonly container: string;
  readonly url: string;
  readonly timeoutSeconds: number;
}

/** @throws Error when it keeps ending or doesn't start in time, with the last lines of its log, which may hold secrets. */
export async function untilStarted(probe: Probe): Promise<void> {
  const startedAt = performance.now();
  const deadline = startedAt + probe.timeoutSeconds * 1000;
  let pauseMs = 10;
  let answer: StartupAnswer = { says: "no answer yet", isFit: true };
  let fitAt = startedAt;
  let lookAt = startedAt + LOOK_AT_CONTAINER_EVERY_MS;
  while (performance.now() < deadline) {
    answer = await askStartup(sendHttp, probe.url, ASK_TIMEOUT_MS);
    if (answer.says === "started") return;
    if (answer.isFit) fitAt = performance.now();
    else if (performance.now() - fitAt > UNFIT_AFTER_MS) break;
    if (performance.now() > lookAt) {
      await refuseIfCrashed(probe);
      lookAt = performance.now() + LOOK_AT_CONTAINER_EVERY_MS;
    }
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
  }
  if (!answer.isFit) await fail(probe, unfitSentence(answer));
  await fail(
    probe,
    `The assistant did not become ready within ${probe.timeoutSeconds} s; last answer: ${answer.says}.`,
  );
}

async function refuseIfCrashed(probe: Probe): Promise<void> {
  const { State: state, RestartCount: restarts } = await (await containerOf(probe)).inspect();
  if (state.Running && restarts < RESTARTS_OF_A_CRASH_LOOP) return;
  if (state.Restarting && restarts < RESTARTS_OF_A_CRASH_LOOP) return;
  const { crashFacts } = await import("./crash-facts.ts");
  const facts = await crashFacts(await containerOf(probe));
  await fail(probe, `The assistant's container keeps ending (${facts}).`);
}

async function fail(probe: Probe, sentence: string): Promise<never> {
  const words = await lastLogLines(await containerOf(probe));
  throw new Error(`${sentence}\n${LAST_LINES}\n${marked(words)}`);
}

/** Loaded when it is needed: that takes longer than most assistants do. */
async function containerOf(probe: Probe) {
  const { default: Docker } = await import("dockerode");
  return new Docker().getContainer(probe.container);
}
