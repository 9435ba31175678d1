// The child process of one operation, in a process group of its own, with a deadline and a kill ladder:
// ask it to cancel, then end the group, then kill the group, so that nothing of it is left.
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cause } from "./database.ts";
import type { OperationEvent } from "./engine-events.ts";
import { interruptedCause } from "./pulumi-errors.ts";
import type { Job, Report } from "./run-operation.ts";

const ENTRY = new URL("./run-operation.ts", import.meta.url).pathname;
const CANCEL_GRACE_MS = 60_000;
const TERMINATE_GRACE_MS = 5_000;
const MAX_STDERR = 16_000;

export type ChildResult =
  | { readonly done: { readonly outputs: Record<string, unknown> | null } }
  | { readonly failed: Cause; readonly cancelled: boolean };

/**
 * Makes child processes, one of them ahead: loading Pulumi's SDK takes longer than many an operation.
 */
export class OperationProcesses {
  readonly #environment: Record<string, string>;
  readonly #target: string;
  #spare: ChildProcess | undefined;
  #isClosed = false;

  constructor(environment: Record<string, string>, target: string) {
    this.#environment = environment;
    this.#target = target;
    this.refill();
  }

  /** A child that has no job yet. */
  take(): ChildProcess {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.connected ? spare : this.#spawn();
  }

  /** Loads the next one; called when an operation has ended, so that it doesn't slow that one down. */
  refill(): void {
    if (!this.#isClosed && !this.#spare?.connected) this.#spare = this.#spawn();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#spare?.connected) this.#spare.disconnect();
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, [ENTRY, this.#target], {
      env: this.#environment,
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    // One that can't be started has no pid: runChild tells.
    child.once("error", () => {});
    return child;
  }
}

export interface ChildOptions {
  readonly deadlineMs: number;
  /** Resolves when the operation is to be cancelled. */
  readonly cancel: Promise<void>;
  readonly onEvent: (event: OperationEvent) => void;
  readonly onStackExists: () => Promise<unknown>;
}

/** Runs a job and resolves when its process and all that it started have ended. */
export async function runChild(child: ChildProcess, job: Job, options: ChildOptions): Promise<ChildResult> {
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.pid === undefined) resolve();
    child.once("exit", () => resolve());
  });
  const stderr = tail(child);
  const pending: Promise<unknown>[] = [];
  let result: ChildResult | undefined;
  child.on("message", (report: Report) => {
    if ("event" in report) options.onEvent(report.event);
    else if ("stackExists" in report) pending.push(options.onStackExists());
    else result = report;
  });
  child.send(job, () => {});

  const why = await endInTime(child, exited, options);
  await Promise.all(pending);
  if (result && !("failed" in result && why === "deadline")) return result;
  const sentence =
    why === "deadline"
      ? `The operation did not end within ${options.deadlineMs / 1000} s.`
      : `The operation's process ended unexpectedly. ${stderr()}`;
  return { failed: interruptedCause(sentence), cancelled: why === "cancel" };
}

async function endInTime(
  child: ChildProcess,
  exited: Promise<void>,
  { cancel, deadlineMs }: ChildOptions,
): Promise<"exit" | "cancel" | "deadline"> {
  const ended = new AbortController();
  const deadline = sleep(deadlineMs, "deadline" as const, { signal: ended.signal, ref: false }).catch(
    () => "exit" as const,
  );
  const first = await Promise.race([
    exited.then(() => "exit" as const),
    cancel.then(() => "cancel" as const),
    deadline,
  ]);
  ended.abort();
  if (first !== "exit") {
    if (child.connected) child.send("cancel", () => {});
    await Promise.race([exited, sleep(CANCEL_GRACE_MS, undefined, { ref: false })]);
  }
  await endGroup(child, exited);
  return first;
}

/** Whatever the operation started is in its group: the CLI and its plugins outlive a dead parent otherwise. */
async function endGroup(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (!signalGroup(child, "SIGTERM")) return;
  await Promise.race([exited, sleep(TERMINATE_GRACE_MS, undefined, { ref: false })]);
  signalGroup(child, "SIGKILL");
  await exited;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

function tail(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
    text = (text + piece).slice(-MAX_STDERR);
  });
  return () => text.trim();
}
