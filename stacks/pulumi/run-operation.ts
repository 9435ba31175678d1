// The program of a child process that does the steps of operations, one at a time. The SDK hooks the whole process's error
// handlers, so one program's stray error would fail its neighbours. Takes steps and reports over IPC; ends with its parent.
import { constants, setPriority } from "node:os";
import type { Sum } from "../../infra/backups/file.ts";
import { errorSentence } from "../../infra/error-sentence.ts";
import { preload } from "../../infra/program.ts";
import type { AssistantData, Target } from "../../infra/target.ts";
import { openTarget } from "../../infra/targets.ts";
import { isStandIn, serveStandIns } from "../../infra/toolchain/stand-ins/attached.ts";
import { backUp, restore, writeOnceStopped } from "../backups/copy.ts";
import type { Written } from "../backups/work.ts";
import type { Cause } from "../causes.ts";
import { EngineFailed, type OnEngineEvent, withEvents } from "./engine-events.ts";
import { causeOf, isVague, wasKilled } from "./error-texts.ts";
import type { DestroyStep, Instruction, Report, Step, StepResult, UpStep } from "./messages.ts";
import { claimStack, isLockedByTheDead, recoverStack } from "./recovery.ts";
import { forgetRemoved, mendStateFiles } from "./state-files.ts";
import {
  breakLock,
  createStack,
  destroyStack,
  openStack,
  type StackLocation,
  writeConfig,
} from "./workspace.ts";

const ENGINE_TIMEOUT_MS = 10_000;
/** Of one that is asked only whether it is why a step has failed. */
const STILL_THERE_MS = 2_000;
/** Shorter than the queue's heartbeat: when the operation is given to another worker, nobody carries it out any more. */
const LEASE_MS = 20_000;
const LOOK_AT_LEASE_EVERY_MS = 1_000;

// A call for a status must not wait for operations: the API's process goes first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const [mark = "", likelyTarget = "", ...plugins] = process.argv.slice(2);
const attachedPlugins = await serveStandIns(plugins.filter(isStandIn));

let current: { readonly cancel: AbortController; heardAt: number } | undefined;
process.on("message", (instruction: Instruction) => {
  if (typeof instruction === "object") void take(instruction.step);
  else if (instruction === "cancel") current?.cancel.abort();
  else if (current) current.heardAt = performance.now();
});
// Without a parent there is nobody to report to: what runs is cancelled, what waits for a step ends.
process.once("disconnect", leave);
// It may have gone while this process was loading.
if (!process.connected) leave();
setInterval(() => {
  if (current && performance.now() - current.heardAt > LEASE_MS) process.kill(-process.pid, "SIGKILL");
}, LOOK_AT_LEASE_EVERY_MS).unref();
// Ahead of the first step, whose place says which target it is.
await preload(likelyTarget);

function leave(): void {
  if (current) current.cancel.abort();
  else process.exit();
}

async function take(step: Step): Promise<void> {
  const cancel = new AbortController();
  current = { cancel, heardAt: performance.now() };
  const ended = await run(step, cancel.signal);
  current = undefined;
  report({ ended });
  if (!process.connected) process.exit();
}

/** What a step is done on, and by what it is ended. */
interface Doing<S extends Step = Step> {
  readonly step: S;
  readonly target: Target;
  readonly location: StackLocation;
  readonly signal: AbortSignal;
}

async function run(step: Step, signal: AbortSignal): Promise<StepResult> {
  const location = { ...step.location, attachedPlugins };
  const { stackName, stateFolder } = location;
  try {
    const claim = await claimStack(location, step.unfinishedBefore, mark);
    // Asked first: with the engine away the official docker plugin would take everything for removed.
    const target = await openTarget(step.place);
    await target.assertAnswers(ENGINE_TIMEOUT_MS);
    // By the claim nobody measures the assistant's data from here on.
    await target.releaseData(stackName);
    const outputs = await carryOut({ step, target, location, signal });
    await claim.release();
    return { state: "succeeded", outputs };
  } catch (error) {
    // What is left half-written would keep an operator's own pulumi out as well.
    if (stateFolder) await mendStateFiles(stateFolder, stackName).catch(() => {});
    const text = errorSentence(error);
    const reported = error instanceof EngineFailed ? error.reported : [];
    if (wasKilled([...reported, text]) && !signal.aborted) return { state: "interrupted", why: text };
    const cause = causeOf(reported.length > 0 ? reported : [text]);
    const isElsewhere = isVague(cause) && !signal.aborted;
    return { state: "failed", cause: (isElsewhere && (await engineAway(step))) || cause };
  }
}

/** Whatever the words of a step that has failed: an engine that is away is why. Undefined if it answers. */
async function engineAway({ place }: Step): Promise<Cause | undefined> {
  try {
    await (await openTarget(place)).assertAnswers(STILL_THERE_MS);
    return undefined;
  } catch (error) {
    return causeOf([errorSentence(error)]);
  }
}

type Outputs = Record<string, unknown> | null;

/** @returns the stack's outputs, as far as the engine has reported any */
async function carryOut(doing: Doing): Promise<Outputs> {
  const { step, signal } = doing;
  switch (step.name) {
    case "back up":
      await backUp(await dataOf(doing, step.backUp), step.backUp, { signal, onWritten });
      return null;
    case "up":
      return onStack(doing, (stackExists, onEvent) => upWithData(stackExists, { ...doing, step }, onEvent));
    case "destroy":
      return onStack(doing, (stackExists, onEvent) => destroy(stackExists, { ...doing, step }, onEvent));
  }
}

type Act = (stackExists: boolean, onEvent: OnEngineEvent) => Promise<void>;

/** Acts on a stack that nobody else has; whatever the attempt before has left of itself is removed first. */
async function onStack({ step, target, location, signal }: Doing, act: Act): Promise<Outputs> {
  const { stackName, stateFolder } = location;
  const lostHost = step.unfinishedBefore?.host ?? null;
  // What is to be destroyed has nothing that is kept.
  const kept = step.name === "up" ? (step.config.volume ?? step.dataVolume) : null;
  const recover = () => recoverStack(location, { lostHost, kept }, target, signal);
  const once = (stackExists: boolean) =>
    withEvents(
      (onEvent) => act(stackExists, onEvent),
      (event) => report({ event }),
      (remark) => report({ remark }),
    );
  const isMended = stateFolder && (await mendStateFiles(stateFolder, stackName));
  const needsRecovery = step.unfinishedBefore !== undefined || isMended;
  const stackExists = step.stackExists && (!needsRecovery || (await recover()));
  try {
    return await once(stackExists);
  } catch (error) {
    // An operator's own pulumi was cut off on this stack, or ours before there was one.
    if (!(await isLockedByTheDead(error, lostHost))) throw error;
    await breakLock(location);
    return once(await recover());
  }
}

async function upWithData(stackExists: boolean, doing: Doing<UpStep>, onEvent: OnEngineEvent): Promise<void> {
  const bringUp = () => up(stackExists, doing, onEvent);
  const { data } = doing.step;
  const copy = { signal: doing.signal, onWritten };
  if (!data) await bringUp();
  else if ("restore" in data) await restore(await dataOf(doing, data.restore), data.restore, bringUp, copy);
  else await writeOnceStopped(await dataOf(doing, data.write), data.write, bringUp, copy);
}

function dataOf(
  { step, target, location }: Doing,
  { image, keeping }: Pick<Written, "image" | "keeping">,
): Promise<AssistantData> {
  const { maxBytes } = keeping;
  const incoming = step.name === "up" ? step.config.incoming : undefined;
  return target.data({
    deploymentId: location.stackName,
    volume: step.dataVolume,
    incoming,
    image,
    maxBytes,
  });
}

async function up(stackExists: boolean, doing: Doing<UpStep>, onEvent: OnEngineEvent): Promise<void> {
  const { step, target, location, signal } = doing;
  await writeConfig(location, step.config);
  if (!stackExists) {
    await createStack(location);
    report({ stackExists: true });
  }
  const stack = await openStack(location);
  signal.throwIfAborted();
  const refresh = (await target.clearTheWay(location.stackName, step.remove)) > 0 || step.refresh;
  await stack.up({ signal, onEvent, refresh, parallel: 4, suppressProgress: true });
}

/** Needs the state and the id alone: not what the deployment was meant to be. */
async function destroy(
  stackExists: boolean,
  doing: Doing<DestroyStep>,
  onEvent: OnEngineEvent,
): Promise<void> {
  const { step, target, location, signal } = doing;
  const { stackName, stateFolder } = location;
  await target.clearTheWay(stackName, step.remove);
  if (stackExists) await destroyStack(location, { signal, onEvent, parallel: 4, suppressProgress: true });
  if (stateFolder) await forgetRemoved(stateFolder, stackName);
  await target.removeAll(stackName);
}

function onWritten(sum: Sum | undefined): void {
  report({ written: sum ?? null });
}

function report(message: Report): void {
  if (process.connected) process.send?.(message);
}
