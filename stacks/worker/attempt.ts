// The acting side of an attempt: its steps in child processes, one after another, as long as the operation is its own.
import { hostname } from "node:os";
import type { AssistantOutputs } from "../../infra/args.ts";
import type { MODEL_APIS } from "../../infra/assistant/model-apis.ts";
import { untilWritten } from "../async.ts";
import { recordWritten } from "../backups/records.ts";
import type { BackUp } from "../backups/work.ts";
import { isConnectionLost } from "../database/connections.ts";
import type { Sql } from "../database/database.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { readFacts } from "../deployments/model-facts.ts";
import { parseOutputs } from "../deployments/outputs.ts";
import { redaction } from "../deployments/redaction.ts";
import { OperationLog } from "../operations/operation-log.ts";
import { type AttemptRecord, type Ending, LEASE_MS, type Operation } from "../operations/operations.ts";
import { recordRemark } from "../operations/remarks.ts";
import { causeOf } from "../pulumi/error-texts.ts";
import type { Step, StepResult, Unfinished } from "../pulumi/messages.ts";
import type { UnfinishedAttempt } from "../pulumi/recovery.ts";
import type { Goal } from "../pulumi/stack-config.ts";
import { forgetOldUpdates } from "../pulumi/state-files.ts";
import { withModelToken } from "../usage/tokens.ts";
import { Hold } from "./hold.ts";
import type { OperationProcess, OperationProcesses } from "./operation-process.ts";
import { recordImages } from "./pinning.ts";
import { isCollision, MOST_MOVES, moveAway } from "./place.ts";
import { backUpStep, type StepParts, upStep } from "./steps.ts";

/** For the step that runs when an operation is cancelled: an assistant may take 35 s to stop. */
const CANCEL_GRACE_MS = 60_000;
/** Beyond the assistant's own time to start, for everything that a step does around it. */
const STEP_SLACK_MS = 180_000;
/** The same where the assistant's data is copied. */
const COPY_MS = 40 * 60_000;

interface AttemptParts extends StepParts {
  readonly sql: Sql;
  readonly processes: OperationProcesses;
  /** Where model providers are asked; absent if they are not to be. */
  readonly modelApis: typeof MODEL_APIS | undefined;
}

/** What is done for an attempt is done with these. */
export interface AttemptContext extends AttemptParts {
  readonly attempt: Attempt;
  readonly operation: Operation;
  readonly deployment: Deployment;
}

export class Attempt {
  readonly #parts: AttemptParts;
  readonly #record: AttemptRecord;
  #deployment: Deployment;
  readonly #log: OperationLog;
  /** An assistant that fails may tell its secrets: its last words are part of the log and of the cause. */
  readonly #redact: (text: string) => string;
  #unfinishedBefore: UnfinishedAttempt | undefined;

  constructor(parts: AttemptParts, record: AttemptRecord, deployment: Deployment) {
    const { operation, before } = record;
    this.#parts = parts;
    this.#record = record;
    this.#deployment = deployment;
    this.#redact = redaction(parts, deployment);
    this.#log = new OperationLog(parts.sql, operation, this.#redact);
    this.#unfinishedBefore = before && before.state !== "succeeded" ? { host: before.host } : undefined;
  }

  /** Whether nothing was tried on the stack before. */
  get isFirst(): boolean {
    return this.#record.before === undefined;
  }

  /** What was tried last on the stack, if it did not succeed: an earlier attempt, or a step of this one. */
  get unfinishedBefore(): UnfinishedAttempt | undefined {
    return this.#unfinishedBefore;
  }

  /** Adds a line to the operation's log. */
  say(message: string): void {
    this.#log.add({ kind: "diagnostic", severity: "info", message });
  }

  /** Brings the stack to a goal: in another place where somebody else has the deployment's. */
  async up(goal: Goal): Promise<StepResult<AssistantOutputs>> {
    const tried = new Set<number>();
    try {
      await this.#moveAway(tried);
      for (;;) {
        const result = await this.#upHere(goal);
        const { address } = this.#deployment;
        if (!isCollision(result) || address === null || tried.size >= MOST_MOVES) return result;
        tried.add(address);
        if (!(await this.#moveAway(tried))) return result;
      }
    } catch (error) {
      return failure(error);
    }
  }

  /** @returns whether it has another place now */
  async #moveAway(tried: ReadonlySet<number>): Promise<boolean> {
    const { sql, settings } = this.#parts;
    const parts = { sql, settings, say: (message: string) => this.say(message) };
    const place = await moveAway(parts, this.#deployment, tried);
    if (place !== undefined) this.#deployment = { ...this.#deployment, address: place };
    return place !== undefined;
  }

  async #upHere(goal: Goal): Promise<StepResult<AssistantOutputs>> {
    try {
      if (goal.replicas === 1)
        this.#deployment = await withModelToken(this.#parts.sql, this.#parts, this.#deployment);
      const modelFacts = await readFacts(this.#parts.sql, this.#deployment);
      const known = { ...goal, modelFacts };
      const step = await upStep(this.#parts, this.#record, this.#deployment, known, this.unfinishedBefore);
      const result = await this.runStep(step);
      const { incoming } = step.config;
      if (incoming !== undefined) return await this.#changeData(goal, incoming, result);
      if (result.state !== "succeeded") return result;
      return { state: "succeeded", outputs: parseOutputs(result.outputs, goal.replicas) };
    } catch (error) {
      return failure(error);
    }
  }

  /** Backs up what may be running. */
  async backUp(backUp: BackUp): Promise<StepResult> {
    const step = backUpStep(this.#parts, this.#record, this.#deployment, backUp, this.unfinishedBefore);
    return this.runStep(step);
  }

  /**
   * After a restore into a fresh place: if it is whole, that is where the data is from here on. Then the stack is brought
   * to what it was without the other place, which goes last. Cut off in between, the next step on the stack does it.
   */
  async #changeData(
    { data: _, ...goal }: Goal,
    incoming: string,
    restored: StepResult,
  ): Promise<StepResult<AssistantOutputs>> {
    if (restored.state !== "succeeded" && restored.state !== "failed") return restored;
    if (restored.state === "succeeded") {
      await recordImages(this.#parts.sql, this.#record.operation, { data_volume: incoming });
      this.#deployment = { ...this.#deployment, data_volume: incoming };
    }
    const cleared = await this.up(goal);
    if (restored.state === "failed") return restored;
    if (cleared.state !== "failed") return cleared;
    this.say(`The volume that is not needed any more could not be removed. ${cleared.cause.message}`);
    return {
      state: "succeeded",
      outputs: { ...parseOutputs(restored.outputs, goal.replicas), volume: incoming },
    };
  }

  /**
   * Runs a step in a child process.
   * @throws Error when the child can't be ended
   */
  async runStep(step: Step): Promise<StepResult> {
    const { processes } = this.#parts;
    const { stackName, stateFolder } = step.location;
    const child = processes.take();
    const hold = new Hold(this.#parts.sql, this.#record.operation, () => child.keepAlive());
    // Until the step has succeeded, nobody knows what it has done.
    this.#unfinishedBefore = { host: hostname() };
    try {
      const result = await this.#runIn(child, step, hold);
      if (result.state === "succeeded") this.#unfinishedBefore = undefined;
      else if (hold.isCancelled) return { state: "cancelled" };
      return result;
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

  /** Does something in this process; the signal says that it is to end. @throws what it has thrown when it had to end */
  async here<T>(act: (signal: AbortSignal) => Promise<T>): Promise<Done<T>> {
    const hold = new Hold(this.#parts.sql, this.#record.operation, () => {});
    const ending = new AbortController();
    void hold.stopped.then(() => ending.abort());
    try {
      return { state: "done", value: await act(ending.signal) };
    } catch (error) {
      if (hold.isCancelled) return { state: "cancelled" };
      if (ending.signal.aborted) throw error;
      return failure(error);
    } finally {
      hold.release();
      await this.#log.flush();
    }
  }

  /** One without a code is in the log alone. */
  async #keepRemark(code: string | null, text: string): Promise<void> {
    if (code === null) return;
    const remark = { code, message: this.#redact(text) };
    await untilWritten(() => recordRemark(this.#parts.sql, this.#record.operation, remark), LEASE_MS);
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
      onWritten: (sum) =>
        untilWritten(() => recordWritten(sql, this.#record.operation, sum ?? undefined), LEASE_MS),
      onStackExists: () => untilWritten(() => recordStack(sql, stackName), LEASE_MS),
    });
    if (result.state === "interrupted") return { ...result, why: this.#redact(result.why) };
    if (result.state !== "failed") return result;
    return { ...result, cause: { ...result.cause, message: this.#redact(result.cause.message) } };
  }
}

/** How an attempt ended. What was interrupted is tried again. */
export type Outcome = Ending | Extract<Unfinished, { state: "interrupted" }>;

/** What was done in this process, or why it was not. */
export type Done<T> = { readonly state: "done"; readonly value: T } | Unfinished;

/** What an error means: a failure, or no end at all, because the database went away. */
export function failure(error: unknown): Exclude<Unfinished, { state: "cancelled" }> {
  const message = error instanceof Error ? error.message : String(error);
  if (isConnectionLost(error)) return { state: "interrupted", why: `The database was away: ${message}.` };
  return { state: "failed", cause: causeOf([message]) };
}

async function recordStack(sql: Sql, id: string): Promise<void> {
  await sql.updateTable("deployments").set({ stack_exists: true }).where("id", "=", id).execute();
}

function copiesData(step: Step): boolean {
  return step.name === "back up" || (step.name === "up" && step.data !== undefined);
}
