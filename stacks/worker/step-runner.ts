// Runs the steps of an attempt in child processes, one after another, as long as the operation is its own.
import { hostname } from "node:os";
import { untilWritten } from "../async.ts";
import { recordWritten } from "../backups/records.ts";
import { ENGINE_UNAVAILABLE } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import type { Redact } from "../deployments/redaction.ts";
import { OperationLog } from "../operations/operation-log.ts";
import { type AttemptRecord, LEASE_MS, type Operation } from "../operations/operations.ts";
import { recordRemark } from "../operations/remarks.ts";
import type { Step, StepResult } from "../pulumi/messages.ts";
import type { UnfinishedAttempts } from "../pulumi/recovery.ts";
import { forgetOldUpdates } from "../pulumi/state-files.ts";
import type { StackSettings } from "../settings.ts";
import { Hold } from "./hold.ts";
import type { OperationProcess, OperationProcesses } from "./operation-process.ts";
import { type Done, failure } from "./outcome.ts";

/** For the step that runs when an operation is cancelled: an assistant may take 35 s to stop. */
const CANCEL_GRACE_MS = 60_000;
/** Beyond the assistant's own time to start, for everything that a step does around it. */
const STEP_SLACK_MS = 180_000;
/** The same where the assistant's data is copied. */
const COPY_MS = 40 * 60_000;

export interface RunnerParts {
  readonly sql: Sql;
  readonly settings: StackSettings;
  readonly processes: OperationProcesses;
}

export class StepRunner {
  readonly #parts: RunnerParts;
  readonly #operation: Operation;
  readonly #log: OperationLog;
  /** An assistant that fails may write its secrets: its last words are part of the log and of the cause. */
  readonly #redact: Redact;
  #unfinishedBefore: UnfinishedAttempts | undefined;
  #hasTouched = false;

  constructor(parts: RunnerParts, { operation, before }: AttemptRecord, redact: Redact) {
    this.#parts = parts;
    this.#operation = operation;
    this.#redact = redact;
    this.#log = new OperationLog(parts.sql, operation, redact);
    this.#unfinishedBefore =
      before && before.state !== "succeeded" ? { lostHosts: operation.lost_hosts } : undefined;
  }

  /** What was tried last on the stack, if it did not succeed: an earlier attempt, or a step of this one. */
  get unfinishedBefore(): UnfinishedAttempts | undefined {
    return this.#unfinishedBefore;
  }

  /** Adds a line to the operation's log. */
  say(message: string): void {
    this.#log.add({ kind: "diagnostic", severity: "info", message });
  }

  /**
   * Runs a step in a child process.
   * @throws Error when the child can't be ended
   */
  async run(step: Step): Promise<StepResult> {
    const { processes } = this.#parts;
    const { stackName, stateFolder } = step.location;
    const child = processes.take();
    const hold = new Hold(this.#parts.sql, this.#operation, () => child.keepAlive());
    // Until the step has ended, nobody knows what it has done.
    const before = this.#unfinishedBefore;
    this.#unfinishedBefore = { lostHosts: [...(before?.lostHosts ?? []), hostname()] };
    try {
      const result = await this.#runIn(child, step, hold);
      const isUntouched = result.state === "failed" && result.isUntouched === true;
      if (result.state === "succeeded") this.#unfinishedBefore = undefined;
      else if (isUntouched) this.#unfinishedBefore = before;
      if (result.state !== "succeeded" && hold.isCancelled) return { state: "cancelled" };
      this.#hasTouched ||= !isUntouched;
      // A step before may have changed what this one has left as it was.
      return isUntouched && this.#hasTouched ? { ...result, isUntouched: false } : result;
    } catch (error) {
      if (hold.isCancelled) return { state: "cancelled" };
      throw error;
    } finally {
      hold.release();
      processes.giveBack(child);
      if (stateFolder) await forgetOldUpdates(stateFolder, stackName);
      await this.#log.flush();
    }
  }

  /** Makes a step. What fails in that has left the stack as it was. */
  async prepare<T>(make: () => Promise<T>): Promise<Done<T>> {
    try {
      return { state: "done", value: await make() };
    } catch (error) {
      const failed = failure(error);
      return failed.state === "failed" ? { ...failed, isUntouched: !this.#hasTouched } : failed;
    }
  }

  /** Does something in this process; the signal says that it is to end. @throws what it has thrown when it had to end */
  async here<T>(act: (signal: AbortSignal) => Promise<T>): Promise<Done<T>> {
    const hold = new Hold(this.#parts.sql, this.#operation, () => {});
    const ending = new AbortController();
    void hold.stopped.then(() => ending.abort());
    try {
      return { state: "done", value: await act(ending.signal) };
    } catch (error) {
      if (hold.isCancelled) return { state: "cancelled" };
      if (ending.signal.aborted) throw error;
      const failed = failure(error);
      const isAway = failed.state === "failed" && failed.cause.code === ENGINE_UNAVAILABLE;
      return isAway ? { ...failed, isUntouched: !this.#hasTouched } : failed;
    } finally {
      hold.release();
      await this.#log.flush();
    }
  }

  async #runIn(child: OperationProcess, step: Step, hold: Hold): Promise<StepResult> {
    const { sql, settings } = this.#parts;
    const { stackName } = step.location;
    const result = await child.run(step, {
      deadlineMs: settings.startupTimeoutSeconds * 1000 + (copiesData(step) ? COPY_MS : STEP_SLACK_MS),
      cancelGraceMs: CANCEL_GRACE_MS,
      stop: hold.stopped,
      onEvent: (event) => this.#log.add(event),
      onRemark: ({ code, message }) => this.#keepRemark(code, message),
      onWritten: (sum) => untilWritten(() => recordWritten(sql, this.#operation, sum ?? undefined), LEASE_MS),
      onStackExists: () => untilWritten(() => recordStack(sql, stackName), LEASE_MS),
    });
    if (result.state === "interrupted") return { ...result, why: this.#redact(result.why) };
    if (result.state !== "failed") return result;
    return { ...result, cause: { ...result.cause, message: this.#redact(result.cause.message) } };
  }

  /** One without a code is in the log alone. */
  async #keepRemark(code: string | null, text: string): Promise<void> {
    if (code === null) return;
    const remark = { code, message: this.#redact(text) };
    await untilWritten(() => recordRemark(this.#parts.sql, this.#operation, remark), LEASE_MS);
  }
}

async function recordStack(sql: Sql, id: string): Promise<void> {
  await sql.updateTable("deployments").set({ stack_exists: true }).where("id", "=", id).execute();
}

function copiesData(step: Step): boolean {
  return step.name === "back up" || (step.name === "up" && step.data !== undefined);
}
