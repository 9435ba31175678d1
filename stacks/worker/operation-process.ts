// The child processes that do the steps of operations, one at a time each, in process groups of their own, with a deadline
// and a kill ladder: ask it to cancel, then end the group, then kill it and whatever carries its mark.
import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Remark } from "../../infra/assistant/remarks.mjs";
import type { Sum } from "../../infra/backups/file.ts";
import { residentFolder } from "../../infra/toolchain/resident/resident.ts";
import { type Cause, DEADLINE_EXCEEDED } from "../causes.ts";
import type { OperationEvent } from "../operations/operation-log.ts";
import type { Instruction, Report, Step, StepResult } from "../pulumi/messages.ts";
import { endMarked, markIn } from "../pulumi/process-mark.ts";
import { ChildProcessSpan } from "../tracing/child-process.ts";
import type { Stop } from "./hold.ts";

const ENTRY = fileURLToPath(new URL("../pulumi/run-operation.ts", import.meta.url));
/** Most of the time it waits: with V8's usual room for what is young it would take 17 MiB more. */
const LEAN = ["--max-semi-space-size=1"];
const TERMINATE_GRACE_MS = 5_000;
const MAX_STDERR = 16_000;
/** Whatever a process may lose in one step, it loses so often at most. */
const MAX_STEPS = 100;

export interface RunOptions {
  readonly deadlineMs: number;
  /** How long a step that is to end may take to end in good order. */
  readonly cancelGraceMs: number;
  /** Resolves when the step is to end: in good order, or at once, because it is another worker's by now. */
  readonly stop: Promise<Stop>;
  readonly onEvent: (event: OperationEvent) => void;
  readonly onRemark: (remark: Remark) => Promise<unknown>;
  readonly onStackExists: () => Promise<unknown>;
  /** A backup is on the disk; null if there was nothing to write. */
  readonly onWritten: (sum: Sum | null) => Promise<unknown>;
}

/** A process that waits for a step, or does one. */
export class OperationProcess {
  readonly #child: ChildProcess;
  readonly #mark: string;
  readonly #stderr: () => string;
  readonly #exited: Promise<"exit">;
  #steps = 0;
  #ended: Promise<void> | undefined;

  constructor(args: readonly string[], environment: Record<string, string>) {
    this.#mark = crypto.randomUUID();
    this.#child = spawn(process.execPath, [...LEAN, ENTRY, this.#mark, ...args], {
      env: { ...environment, ...markIn(this.#mark) },
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#stderr = tail(this.#child);
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", () => resolve("exit")).on("error", () => resolve("exit"));
    });
    // Killed while it waits for a step, it leaves plugins that never end by themselves.
    void this.#exited.then(() => this.#end()).catch(() => {});
  }

  get isReady(): boolean {
    return this.#child.connected && this.#steps < MAX_STEPS;
  }

  /** Reports to the child that its step is still its own. A child that hears nothing ends itself. */
  keepAlive(): void {
    this.#tell("alive");
  }

  /**
   * Runs a step. Unless that succeeds, the process and all that it started have ended afterwards. Without a record of what it
   * has reported, nobody knows what it has done: that is interrupted.
   */
  async run(step: Step, options: RunOptions): Promise<StepResult> {
    const { deadlineMs, stop, onEvent, onRemark, onStackExists, onWritten } = options;
    this.#steps++;
    const span = new ChildProcessSpan(this.#child.pid);
    const pending: Promise<string | undefined>[] = [];
    const keep = (written: Promise<unknown>) => pending.push(written.then(() => undefined, messageOf));
    const reported = new Promise<StepResult>((resolve) => {
      this.#child.on("message", (report: Report) => {
        if ("event" in report) {
          onEvent(report.event);
          span.see(report.event);
        } else if ("remark" in report) keep(onRemark(report.remark));
        else if ("stackExists" in report) keep(onStackExists());
        else if ("written" in report) keep(onWritten(report.written));
        else resolve(report.ended);
      });
    });
    this.#tell({ step });
    const late = new AbortController();
    const deadline = sleep(deadlineMs, "deadline" as const, { signal: late.signal, ref: false }).catch(
      () => "exit" as const,
    );
    const first = await Promise.race([reported, this.#exited, stop, deadline]);
    late.abort();
    const outcome = await this.#outcome(first, reported, options);
    this.#child.removeAllListeners("message");
    const unkept = (await Promise.all(pending)).find((why) => why !== undefined);
    const result = unkept === undefined || outcome.state === "cancelled" ? outcome : notKept(unkept);
    if (result.state !== "succeeded") await this.#end();
    span.end(result);
    return result;
  }

  async #outcome(
    first: StepResult | "exit" | "cancel" | "kill" | "deadline",
    reported: Promise<StepResult>,
    { deadlineMs, cancelGraceMs }: RunOptions,
  ): Promise<StepResult> {
    if (typeof first === "object") return first;
    const why = `The operation's process ended unexpectedly. ${this.#stderr()}`.trim();
    const died = { state: "interrupted", why } as const;
    if (first === "exit" || first === "kill") return died;
    this.#tell("cancel");
    const grace = sleep(cancelGraceMs, "exit" as const, { ref: false });
    const last = await Promise.race([reported, this.#exited, grace]);
    if (typeof last === "object" && first === "cancel") return last;
    return first === "deadline" ? { state: "failed", cause: tooLong(deadlineMs) } : died;
  }

  /** Ends the process and proves that nothing of it is left: the CLI and its plugins outlive a dead parent. Only once. */
  #end(): Promise<void> {
    this.#ended ??= this.#endAll();
    return this.#ended;
  }

  async #endAll(): Promise<void> {
    if (this.#signalGroup("SIGTERM")) {
      await Promise.race([this.#exited, sleep(TERMINATE_GRACE_MS, undefined, { ref: false })]);
      this.#signalGroup("SIGKILL");
      await this.#exited;
    }
    await endMarked(this.#mark);
    await rm(residentFolder(this.#mark), { recursive: true, force: true });
  }

  /** Lets a process go that has no step; one that has is cancelled and ends after it. */
  leave(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  #tell(instruction: Instruction): void {
    if (this.#child.connected) this.#child.send(instruction, () => {});
  }

  #signalGroup(signal: NodeJS.Signals): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      return process.kill(-pid, signal);
    } catch {
      return false;
    }
  }
}

/** Keeps processes for the next operation: loading Pulumi's SDK takes longer than many an operation. */
export class OperationProcesses {
  readonly #args: readonly string[];
  readonly #environment: Record<string, string>;
  readonly #idle: OperationProcess[] = [];
  readonly #busy = new Set<OperationProcess>();
  #isClosed = false;

  /** @param args of run-operation: the target, and the plugins that it is to serve itself */
  constructor(args: readonly string[], environment: Record<string, string>) {
    this.#args = args;
    this.#environment = environment;
    this.#keepSpare();
  }

  take(): OperationProcess {
    let process = this.#idle.pop();
    while (process && !process.isReady) process = this.#idle.pop();
    const taken = process ?? this.#spawn();
    this.#busy.add(taken);
    return taken;
  }

  /** Takes a process back whose step has ended; one that is not fit for another has ended. */
  giveBack(process: OperationProcess): void {
    this.#busy.delete(process);
    if (this.#isClosed || !process.isReady) process.leave();
    else this.#idle.push(process);
    this.#keepSpare();
  }

  close(): void {
    this.#isClosed = true;
    for (const process of [...this.#idle, ...this.#busy]) process.leave();
  }

  #keepSpare(): void {
    if (!this.#isClosed && !this.#idle.some(({ isReady }) => isReady)) this.#idle.push(this.#spawn());
  }

  #spawn(): OperationProcess {
    return new OperationProcess(this.#args, this.#environment);
  }
}

function tooLong(deadlineMs: number): Cause {
  return {
    code: DEADLINE_EXCEEDED,
    message: `The operation did not end within ${deadlineMs / 1000} s and was ended. What exists was kept; redeploy or delete to try again.`,
  };
}

function notKept(why: string): StepResult {
  return { state: "interrupted", why: `What the operation's process reported could not be stored: ${why}` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function tail(child: ChildProcess): () => string {
  let text = "";
  const stderr = child.stderr?.setEncoding("utf8").on("error", () => {});
  stderr?.on("data", (piece: string) => {
    text = (text + piece).slice(-MAX_STDERR);
  });
  return () => text.trim();
}
