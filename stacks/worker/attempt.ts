// Running what an attempt consists of: jobs in child processes, one after another, as long as the operation is its own.
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { AssistantOutputs } from "../../infra/args.ts";
import type { MODEL_APIS } from "../../infra/assistant/model-apis.ts";
import { recordWritten } from "../backups/records.ts";
import type { Cause } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { readFacts } from "../deployments/model-facts.ts";
import { parseOutputs } from "../deployments/outputs.ts";
import { redaction } from "../deployments/redaction.ts";
import { OperationLog } from "../operations/operation-log.ts";
import { type Attempt, LEASE_MS, type Operation, standing } from "../operations/operations.ts";
import { causeOf } from "../pulumi/error-texts.ts";
import type { Job } from "../pulumi/messages.ts";
import type { Remains } from "../pulumi/recovery.ts";
import type { Goal } from "../pulumi/stack-config.ts";
import { forgetOldUpdates } from "../pulumi/state-files.ts";
import { type JobParts, upJob } from "./job.ts";
import type { OperationProcess, OperationProcesses } from "./operation-process.ts";

const LOOK_AT_STANDING_EVERY_MS = 250;
/** For the step that runs when an operation is cancelled: an assistant may take 35 s to stop. */
const CANCEL_GRACE_MS = 60_000;
/** Beyond the assistant's own time to start, for everything that a job does around it. */
const JOB_SLACK_MS = 180_000;
/** The same where the assistant's data is copied. */
const COPY_MS = 40 * 60_000;

export interface RunParts extends JobParts {
  readonly sql: Sql;
  readonly processes: OperationProcesses;
  /** Where model providers are asked; absent if they are not to be. */
  readonly modelApis: typeof MODEL_APIS | undefined;
}

/** How something ended that was not done. `interrupted`: what it has done is unknown, it is to be tried again. */
export type Unfinished =
  | { readonly state: "failed"; readonly cause: Cause }
  | { readonly state: "cancelled" }
  | { readonly interrupted: string };

export class NotDone extends Error {
  readonly how: Unfinished;

  constructor(how: Unfinished) {
    super("cause" in how ? how.cause.message : "The operation was broken off.");
    this.name = "NotDone";
    this.how = how;
  }
}

type Stop = "cancel" | "kill";

export class AttemptRun {
  readonly #parts: RunParts;
  readonly #attempt: Attempt;
  readonly #deployment: Deployment;
  readonly #log: OperationLog;
  /** An assistant that fails may tell its secrets: its last words are part of the log and of the cause. */
  readonly #redact: (text: string) => string;
  #remains: Remains | undefined;

  constructor(parts: RunParts, attempt: Attempt, deployment: Deployment) {
    const { operation, before } = attempt;
    this.#parts = parts;
    this.#attempt = attempt;
    this.#deployment = deployment;
    this.#redact = redaction(parts, deployment);
    this.#log = new OperationLog(parts.sql, operation, this.#redact);
    this.#remains = before && before.state !== "succeeded" ? { host: before.host } : undefined;
  }

  /** What was tried last on the stack, if it did not succeed. */
  get remains(): Remains | undefined {
    return this.#remains;
  }

  /** A line of the operation's log. */
  say(message: string): void {
    this.#log.add({ kind: "diagnostic", severity: "info", message });
  }

  /** Brings the stack to a goal. @throws NotDone */
  async up(goal: Goal): Promise<AssistantOutputs> {
    try {
      const modelFacts = await readFacts(this.#parts.sql, this.#deployment);
      const known = { ...goal, modelFacts };
      const job = await upJob(this.#parts, this.#attempt, this.#deployment, known, this.#remains);
      return parseOutputs(await this.job(job), goal.replicas);
    } catch (error) {
      if (error instanceof NotDone) throw error;
      const text = error instanceof Error ? error.message : String(error);
      throw new NotDone({ state: "failed", cause: causeOf([text]) });
    }
  }

  /** Runs a job in a child process. @returns the stack's outputs @throws NotDone */
  async job(job: Job): Promise<Record<string, unknown> | null> {
    const { sql, processes, settings } = this.#parts;
    const { stackName, stateFolder } = job.location;
    const child = processes.take();
    try {
      const outputs = await this.#whileHeld(child, async (stop) => {
        const ended = await child.run(job, {
          deadlineMs: settings.startupTimeoutSeconds * 1000 + (copiesData(job) ? COPY_MS : JOB_SLACK_MS),
          cancelGraceMs: CANCEL_GRACE_MS,
          stop,
          onEvent: (event) => this.#log.add(event),
          onWritten: (sum) => recordWritten(sql, this.#attempt.operation, sum ?? undefined),
          onStackExists: () =>
            sql.updateTable("deployments").set({ stack_exists: true }).where("id", "=", stackName).execute(),
        });
        if ("done" in ended) return ended.done.outputs;
        if ("interrupted" in ended) throw new NotDone({ interrupted: this.#redact(ended.interrupted) });
        const cause = { ...ended.failed, message: this.#redact(ended.failed.message) };
        throw new NotDone({ state: "failed", cause });
      });
      this.#remains = undefined;
      return outputs;
    } catch (error) {
      this.#remains = { host: hostname() };
      throw error;
    } finally {
      processes.giveBack(child);
      if (stateFolder) await forgetOldUpdates(stateFolder, stackName);
      await this.#log.flush();
    }
  }

  /** Does something in this process; the signal says that it is to end. @throws NotDone if the operation was cancelled */
  async here<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#whileHeld(undefined, async (stop) => {
      const ending = new AbortController();
      void stop.then(() => ending.abort());
      return act(ending.signal);
    }).finally(() => this.#log.flush());
  }

  async #whileHeld<T>(
    child: OperationProcess | undefined,
    act: (stop: Promise<Stop>) => Promise<T>,
  ): Promise<T> {
    const over = new AbortController();
    let isCancelled = false;
    const stop = new Promise<Stop>((resolve) => {
      void watchStanding(this.#parts.sql, this.#attempt.operation, child, over.signal, (how) => {
        isCancelled ||= how === "cancel";
        resolve(how);
      });
    });
    try {
      return await act(stop);
    } catch (error) {
      throw isCancelled ? new NotDone({ state: "cancelled" }) : error;
    } finally {
      over.abort();
    }
  }
}

function copiesData({ work }: Job): boolean {
  return typeof work === "object" && ("backUp" in work || work.data !== undefined);
}

/** Tells the child, again and again, that the operation is still its own; and `stop` when it is not, or is cancelled. */
async function watchStanding(
  sql: Sql,
  operation: Operation,
  child: OperationProcess | undefined,
  over: AbortSignal,
  stop: (how: Stop) => void,
): Promise<void> {
  let heldAt = performance.now();
  while (!over.aborted) {
    await sleep(LOOK_AT_STANDING_EVERY_MS, undefined, { signal: over }).catch(() => {});
    if (over.aborted) return;
    const now = await standing(sql, operation).catch(() => undefined);
    if (now === "lost") stop("kill");
    if (now === "cancelled") stop("cancel");
    if (now === "held" || now === "cancelled") {
      heldAt = performance.now();
      child?.keepAlive();
    } else if (performance.now() - heldAt > LEASE_MS) stop("kill");
  }
}
