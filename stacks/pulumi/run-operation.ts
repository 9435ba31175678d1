// The program of a child process that carries out operations, one at a time. The SDK hooks the whole process's error
// handlers, so one program's stray error would fail its neighbours. Takes jobs and reports over IPC; ends with its parent.
import { constants, setPriority } from "node:os";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { Sum } from "../../infra/backups/file.ts";
import { preload } from "../../infra/program.ts";
import type { AssistantData, Target } from "../../infra/target.ts";
import { openTarget } from "../../infra/targets.ts";
import { isStandIn, serveStandIns } from "../../infra/toolchain/stand-ins/attached.ts";
import { backUp, restore, writeOnceStopped } from "../backups/copy.ts";
import type { Written } from "../backups/work.ts";
import { readEvent, rootOutputs } from "./engine-events.ts";
import { causeOf, wasKilled } from "./error-texts.ts";
import type { Job, Order, Report, Up } from "./messages.ts";
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
/** Shorter than the queue's heartbeat: the operation's next worker finds nobody at it. */
const LEASE_MS = 20_000;
const LOOK_AT_LEASE_EVERY_MS = 1_000;

// A call for a status must not wait for operations: the API's process goes first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const [mark = "", targetName = "", ...plugins] = process.argv.slice(2);
const attachedPlugins = await serveStandIns(plugins.filter(isStandIn));

let current: { readonly cancel: AbortController; heardAt: number } | undefined;
process.on("message", (order: Order) => {
  if (typeof order === "object") void take(order.job);
  else if (order === "cancel") current?.cancel.abort();
  else if (current) current.heardAt = performance.now();
});
// Without a parent there is nobody to report to: what runs is cancelled, what waits for a job ends.
process.once("disconnect", leave);
// It may have gone while this process was loading.
if (!process.connected) leave();
setInterval(() => {
  if (current && performance.now() - current.heardAt > LEASE_MS) process.kill(-process.pid, "SIGKILL");
}, LOOK_AT_LEASE_EVERY_MS).unref();
await preload(targetName);

function leave(): void {
  if (current) current.cancel.abort();
  else process.exit();
}

async function take(job: Job): Promise<void> {
  const cancel = new AbortController();
  current = { cancel, heardAt: performance.now() };
  const last = await run(job, cancel.signal);
  current = undefined;
  report(last);
  if (!process.connected) process.exit();
}

async function run(job: Job, signal: AbortSignal): Promise<Report> {
  const errors: string[] = [];
  let outputs: Record<string, unknown> | null = null;
  const onEvent = (event: EngineEvent) => {
    outputs = rootOutputs(event) ?? outputs;
    const read = readEvent(event);
    if (!read) return;
    if (read.kind === "diagnostic" && read.severity === "error") errors.push(read.message);
    report({ event: read });
  };
  const location = { ...job.location, attachedPlugins };
  const { stackName, stateFolder } = location;
  try {
    const claim = await claimStack(location, job.remains, mark);
    // Asked first: with the engine away the official docker plugin would take everything for removed.
    const target = await openTarget(job.place);
    await target.assertAnswers(ENGINE_TIMEOUT_MS);
    // By the claim nobody measures the assistant's data from here on.
    await target.releaseData(stackName);
    const { work } = job;
    const on = { job, target, location, signal, onEvent };
    if (work !== "destroy" && "backUp" in work)
      await backUp(await dataOf(on, work.backUp), work.backUp, { signal, onWritten });
    else {
      const carryOut = (stackExists: boolean) =>
        work === "destroy" ? destroy(stackExists, on) : upWithData(stackExists, work, on);
      await onStack(on, async (stackExists) => {
        errors.length = 0;
        await carryOut(stackExists);
      });
    }
    await claim.release();
    return { done: { outputs } };
  } catch (error) {
    // What is left half-written would keep an operator's own pulumi out as well.
    if (stateFolder) await mendStateFiles(stateFolder, stackName).catch(() => {});
    const text = error instanceof Error ? error.message : String(error);
    if (wasKilled([...errors, text]) && !signal.aborted) return { interrupted: text };
    return { failed: causeOf(errors.length > 0 ? errors : [text]) };
  }
}

/** Does the work on a stack that nobody else has; whatever the one before has left of itself is removed first. */
async function onStack(
  { job, target, location, signal }: OnStack,
  work: (stackExists: boolean) => Promise<void>,
): Promise<void> {
  const { stackName, stateFolder } = location;
  const lostHost = job.remains?.host ?? null;
  const recover = () => recoverStack(location, lostHost, target, signal);
  const isMended = stateFolder && (await mendStateFiles(stateFolder, stackName));
  const needsRecovery = job.remains !== undefined || isMended;
  await work(job.stackExists && (!needsRecovery || (await recover()))).catch(async (error: unknown) => {
    // An operator's own pulumi was cut off on this stack, or ours before there was one.
    if (!(await isLockedByTheDead(error, lostHost))) throw error;
    await breakLock(location);
    await work(await recover());
  });
}

/** The stack that is worked on, and who is told and heard meanwhile. */
interface OnStack {
  readonly job: Job;
  readonly target: Target;
  readonly location: StackLocation;
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngineEvent) => void;
}

async function upWithData(stackExists: boolean, work: Up, on: OnStack): Promise<void> {
  const bringUp = () => up(stackExists, work, on);
  const { data } = work;
  const copy = { signal: on.signal, onWritten };
  if (!data) await bringUp();
  else if ("restore" in data) await restore(await dataOf(on, data.restore), data.restore, bringUp, copy);
  else await writeOnceStopped(await dataOf(on, data.write), data.write, bringUp, copy);
}

function dataOf(
  { target, location }: OnStack,
  { image, keeping }: Pick<Written, "image" | "keeping">,
): Promise<AssistantData> {
  const { maxBytes } = keeping;
  return target.data({ deploymentId: location.stackName, image, maxBytes });
}

async function up(stackExists: boolean, work: Up, on: OnStack): Promise<void> {
  const { location, signal, onEvent } = on;
  await writeConfig(location, work.up);
  if (!stackExists) {
    await createStack(location);
    report({ stackExists: true });
  }
  const stack = await openStack(location);
  signal.throwIfAborted();
  const removal = { which: work.remove, own: on.job.ownContainer };
  const refresh = (await on.target.clearTheWay(location.stackName, removal)) > 0 || work.refresh;
  await stack.up({ signal, onEvent, refresh, parallel: 4, suppressProgress: true });
}

/** Needs the state and the id alone: not what the deployment was meant to be. */
async function destroy(
  stackExists: boolean,
  { job, target, location, signal, onEvent }: OnStack,
): Promise<void> {
  const { stackName, stateFolder } = location;
  // What else uses its network and its volume would keep them.
  await target.clearTheWay(stackName, { which: "others", own: job.ownContainer });
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
