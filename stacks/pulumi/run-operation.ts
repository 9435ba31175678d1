// The program of a child process that does the steps of operations, one at a time. The SDK hooks the whole process's error
// handlers, so one program's stray error would fail its neighbours. Takes steps and reports over IPC; ends with its parent.
// The first of all: they decide what the SDK and dockerode load.
import "./light-sdk.ts";
import "../../infra/toolchain/light-docker.ts";
import { constants, setPriority } from "node:os";
import type { Absence } from "../../infra/found.ts";
import { preload } from "../../infra/program.ts";
import { errorSentence } from "../../infra/sentences.ts";
import { openTarget, targetNamed } from "../../infra/targets.ts";
import { attachPlugins } from "../../infra/toolchain/attached/attach.ts";
import { residentFolder, runHere } from "../../infra/toolchain/resident/resident.ts";
import { backUp } from "../backups/copy.ts";
import {
  type Cause,
  DISK_FULL,
  ENGINE_UNAVAILABLE,
  STACK_LOCKED,
  STATE_DAMAGED,
  WRONG_PASSPHRASE,
} from "../causes.ts";
import { isDiskFull } from "../data-folder.ts";
import { destroy, forget } from "./destroy.ts";
import type { Doing, Outputs } from "./doing.ts";
import { EngineFailed } from "./engine-events.ts";
import { HOME } from "./environment.ts";
import { causeOf, isVague, wasKilled } from "./error-texts.ts";
import type { BackUpStep, Instruction, Report, Step, StepResult } from "./messages.ts";
import { claimStack } from "./recovery.ts";
import { Untouched } from "./standing.ts";
import { mendStateFiles } from "./state-files.ts";
import { assertDataIsThere, dataOf, onWritten, up } from "./up.ts";
import type { StackLocation } from "./workspace.ts";

const ENGINE_TIMEOUT_MS = 10_000;
/** Of one that is asked only whether it is why a step has failed. */
const STILL_THERE_MS = 2_000;
/** A state is some hundred KiB. */
const OF_A_STATE = 1024 * 1024;
const STATE_CUT_OFF: Cause = {
  code: DISK_FULL,
  message:
    "The host's disk is full, and the stack's state is cut off. The assistant's data is kept; try again when the operator has made room.",
};
const RESTARTED = "The container engine is not reachable as it was: it has ended meanwhile.";
/** Shorter than the queue's heartbeat: when the operation is given to another worker, nobody carries it out any more. */
const LEASE_MS = 20_000;
const LOOK_AT_LEASE_EVERY_MS = 1_000;

// A call for a status must not wait for operations: the API's process goes first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const [mark = "", likelyTarget = "", ...plugins] = process.argv.slice(2);
const attaching = serveResidents().then(() => attachPlugins(plugins, residentFolder(mark)));

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

/** Plugins that are started afterwards run the commands of stacks by this process. */
async function serveResidents(): Promise<void> {
  const programs = await targetNamed(likelyTarget).loadPrograms?.();
  if (programs) await runHere(programs, mark, HOME);
}

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
  (await attaching).renew();
  if (!process.connected) process.exit();
}

async function run(step: Step, signal: AbortSignal): Promise<StepResult> {
  const location: StackLocation = { ...step.location, attachedPlugins: (await attaching).variable };
  const { stackName, stateFolder } = location;
  const done = { isBegun: false, isTouched: false };
  let absence: Absence | undefined;
  try {
    const claim = await claimStack(location, step.unfinishedBefore, mark);
    // Asked first: with the engine away the official docker plugin would take everything for removed.
    const target = await openTarget(step.place);
    await target.assertAnswers(ENGINE_TIMEOUT_MS);
    absence = await target.noteAbsence?.();
    // By the claim nobody measures the assistant's data from here on.
    await target.releaseData(stackName);
    const outputs = await carryOut({ step, target, location, signal, report, ...noting(done) });
    await claim.release();
    return { state: "succeeded", outputs };
  } catch (error) {
    // What is left half-written would keep an operator's own pulumi out as well.
    if (stateFolder) await mendStateFiles(stateFolder, stackName).catch(() => {});
    const text = errorSentence(error);
    const reported = error instanceof EngineFailed ? error.reported : [];
    if (wasKilled([...reported, text]) && !signal.aborted) return { state: "interrupted", why: text };
    const known = error instanceof Untouched ? error.reason : undefined;
    const cause = known ?? causeOf(reported.length > 0 ? reported : [text]);
    const behind = signal.aborted ? undefined : await causeBehind(cause, step, absence);
    const isUntouched = !done.isTouched && (known !== undefined || leavesAll(behind ?? cause, done));
    return { state: "failed", cause: behind ?? cause, isUntouched };
  } finally {
    absence?.end();
  }
}

/** What a step notes of itself. */
interface Noted {
  isBegun: boolean;
  isTouched: boolean;
}

function noting(done: Noted): Pick<Doing, "begin" | "touch"> {
  return {
    begin: () => {
      done.isBegun = true;
    },
    touch: () => {
      done.isTouched = true;
    },
  };
}

/** Pulumi refuses these before it does anything; an engine that went away while it acts, it may have used before. */
function leavesAll({ code }: Cause, { isBegun }: Noted): boolean {
  return code === STACK_LOCKED || code === WRONG_PASSPHRASE || (code === ENGINE_UNAVAILABLE && !isBegun);
}

/** What is behind a cause that only says what was seen. Undefined if nothing is known of it. */
async function causeBehind(
  cause: Cause,
  step: Step,
  absence: Absence | undefined,
): Promise<Cause | undefined> {
  if (isVague(cause)) return engineAway(step, absence);
  const { stateFolder } = step.location;
  const isCutOff = cause.code === STATE_DAMAGED && stateFolder && (await isDiskFull(stateFolder, OF_A_STATE));
  return isCutOff ? STATE_CUT_OFF : undefined;
}

/** Whatever the words of a step that has failed: an engine that is away, or was, is why. Undefined if it was there. */
async function engineAway({ place }: Step, absence: Absence | undefined): Promise<Cause | undefined> {
  try {
    await (await openTarget(place)).assertAnswers(STILL_THERE_MS);
    return absence?.hasBeen() ? causeOf([RESTARTED]) : undefined;
  } catch (error) {
    return causeOf([errorSentence(error)]);
  }
}

async function carryOut(doing: Doing): Promise<Outputs> {
  const { step } = doing;
  switch (step.name) {
    case "back up":
      await backUpData({ ...doing, step });
      return null;
    case "up":
      return up({ ...doing, step });
    case "destroy":
      return destroy({ ...doing, step });
    case "forget":
      await forget(doing);
      return null;
  }
}

async function backUpData(doing: Doing<BackUpStep>): Promise<void> {
  const { step, target, location, signal } = doing;
  await assertDataIsThere(step, target, location.stackName);
  // It stands the assistant still.
  doing.begin();
  await backUp(await dataOf(doing, step.backUp), step.backUp, { signal, onWritten: onWritten(doing) });
}

function report(message: Report): void {
  if (process.connected) process.send?.(message);
}
