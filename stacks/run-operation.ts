// Runs in a child process of its own, one per operation: the SDK hooks the whole process's error handlers, so one
// program's stray error would fail its neighbours. Takes a job and reports over IPC; ends when its parent does.
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { assertEngineAnswers } from "../infra/engine.ts";
import { preload } from "../infra/program.ts";
import type { Cause } from "./database.ts";
import { type OperationEvent, readEvent, rootOutputs } from "./engine-events.ts";
import { causeOf } from "./pulumi-errors.ts";
import { claimStack, recoverStack } from "./recovery.ts";
import { createStack, openStack, removeStack, type StackLocation, writeConfig } from "./workspace.ts";

export interface Job {
  readonly location: StackLocation;
  readonly work: { readonly up: Record<string, string>; readonly refresh: boolean } | "destroy";
  readonly stackExists: boolean;
  /** The process that worked on this stack before died in the middle. */
  readonly interrupted: boolean;
}

export type Report =
  | { readonly event: OperationEvent }
  | { readonly stackExists: true }
  | { readonly done: { readonly outputs: Record<string, unknown> | null } }
  | { readonly failed: Cause; readonly cancelled: boolean };

const ENGINE_TIMEOUT_MS = 10_000;

const cancel = new AbortController();
const [target = "docker"] = process.argv.slice(2);
// Without a parent there is nobody to report to: what runs is cancelled, what waits for a job ends.
process.once("disconnect", () => {
  cancel.abort();
  if (!isBusy) process.exit();
});
let isBusy = false;
process.once("message", (job: Job) => {
  isBusy = true;
  process.once("message", () => cancel.abort());
  // With the channel closed nothing keeps this process, but what a cancelled run has left open might.
  void run(job).finally(() => (process.connected ? process.disconnect() : process.exit()));
});
await preload(target);

async function run(job: Job): Promise<void> {
  const errors: string[] = [];
  let outputs: Record<string, unknown> | null = null;
  const onEvent = (event: EngineEvent) => {
    outputs = rootOutputs(event) ?? outputs;
    const read = readEvent(event);
    if (!read) return;
    if (read.kind === "diagnostic" && read.severity === "error") errors.push(read.message);
    report({ event: read });
  };
  try {
    await claimStack(job.location);
    // Asked first: with the engine away the official plugin would take everything for removed.
    if (target === "docker") await assertEngineAnswers(ENGINE_TIMEOUT_MS);
    if (job.interrupted && job.stackExists) await recoverStack(job.location, target, cancel.signal);
    if (job.work === "destroy") await destroy(job, onEvent);
    else await up(job, job.work, onEvent);
    report({ done: { outputs } });
  } catch (error) {
    if (errors.length === 0) errors.push(error instanceof Error ? error.message : String(error));
    report({ failed: causeOf(errors), cancelled: cancel.signal.aborted });
  }
}

async function up(
  { location, stackExists }: Job,
  work: { readonly up: Record<string, string>; readonly refresh: boolean },
  onEvent: (event: EngineEvent) => void,
): Promise<void> {
  await writeConfig(location, work.up);
  if (!stackExists) {
    await createStack(location);
    report({ stackExists: true });
  }
  const stack = await openStack(location);
  cancel.signal.throwIfAborted();
  await stack.up({
    signal: cancel.signal,
    onEvent,
    refresh: work.refresh,
    parallel: 4,
    suppressProgress: true,
  });
}

async function destroy({ location, stackExists }: Job, onEvent: (event: EngineEvent) => void): Promise<void> {
  if (!stackExists) return;
  const stack = await openStack(location);
  await stack.destroy({ signal: cancel.signal, onEvent, parallel: 4, suppressProgress: true });
  await removeStack(location);
}

function report(message: Report): void {
  if (process.connected) process.send?.(message);
}
