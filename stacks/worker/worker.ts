// Carries out operations: begins an attempt, runs it in a child process, stores its log, settles the record.
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { PgBoss } from "pg-boss";
import type { Logger } from "pino";
import type { ModelApis } from "../../infra/assistant/model-apis.ts";
import { untilWritten } from "../async.ts";
import { bringBack } from "../backups/restart.ts";
import { tidyAfter } from "../backups/retention.ts";
import type { Sql } from "../database/database.ts";
import { findDeployment } from "../deployments/deployments.ts";
import { recordedOutputs } from "../deployments/outputs.ts";
import { targetOf } from "../deployments/regions.ts";
import type { OperationKind } from "../lifecycle.ts";
import {
  type AttemptRecord,
  beginAttempt,
  type Ending,
  findOperation,
  LEASE_MS,
  MAX_ATTEMPTS,
  QUEUE,
  standing,
} from "../operations/operations.ts";
import { isOvertaken } from "../operations/overtaken.ts";
import { COPIES_BELOW } from "../operations/turns.ts";
import { applyLatePayment } from "../payments/consequences.ts";
import { interruptedCause } from "../pulumi/error-texts.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import { describeAttempt, describeEnding, tracedJob } from "../tracing/operation.ts";
import { inSpan, type TraceContext } from "../tracing/spans.ts";
import { adopt, arrive } from "./adopt.ts";
import { Attempt, type AttemptContext } from "./attempt.ts";
import { activate, patch, redeploy } from "./bring-up.ts";
import { onceEngineIsBack } from "./engine-back.ts";
import { endFormerMove } from "./moving.ts";
import { OperationProcesses } from "./operation-process.ts";
import { failure, type Outcome } from "./outcome.ts";
import { settleOperation } from "./settle.ts";
import { backup, prepare, remove, restore, stop, suspend } from "./stand-still.ts";
import { asBefore } from "./untouched.ts";

/** What an attempt at each kind of operation does. */
const WORK: Record<OperationKind, (context: AttemptContext) => Promise<Outcome>> = {
  prepare,
  activate,
  redeploy,
  patch,
  stop,
  suspend,
  backup,
  restore,
  adopt,
  delete: remove,
  crash: async () => {
    throw new Error("A crash is only recorded: it is not carried out.");
  },
};

/** A new job starts at once, by LISTEN/NOTIFY; one that waited for its deployment's last job is found by looking. */
const POLLING = {
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 0.5,
  notifyPollingIntervalSeconds: 1,
} as const;
/** Service managers kill 30 s after they have asked a process to end. */
const HAND_BACK_AFTER_MS = 22_000;

export interface WorkerParts {
  readonly sql: Sql;
  readonly boss: PgBoss;
  readonly box: SecretBox;
  readonly settings: StackSettings;
  readonly pulumi: { readonly path: string; readonly version: string };
  /** Where model providers are asked; absent if they are not to be. */
  readonly modelApis: ModelApis | undefined;
  /** Plugins that the child processes keep, as keptPlugins names them. */
  readonly keptPlugins: readonly string[];
  /** Environment of the child processes: search path, backend, passphrase file. */
  readonly environment: Record<string, string>;
  readonly log: Logger;
}

interface Worker extends WorkerParts {
  readonly processes: OperationProcesses;
}

/**
 * Starts taking jobs. The returned function stops taking them and waits for those that run, within limits: what
 * runs on is cancelled when this process ends, and carried out again by the next one.
 */
export async function startWorker(parts: WorkerParts): Promise<() => Promise<void>> {
  const { boss, settings } = parts;
  const processes = new OperationProcesses([settings.target, ...parts.keptPlugins], parts.environment);
  const worker = { ...parts, processes };
  for (const some of lanes(settings))
    await boss.work<{ operationId: string; trace?: TraceContext }>(
      QUEUE,
      { ...some, batchSize: 1, ...POLLING },
      async (jobs) => {
        for (const { data } of jobs) await tracedJob(data.trace, () => carryOut(worker, data.operationId));
      },
    );
  return async () => {
    const finished = boss
      .offWork(QUEUE, { wait: true })
      .catch((error: unknown) =>
        parts.log.warn({ err: error }, "reporting the end of this worker to the queue failed"),
      );
    await Promise.race([finished, sleep(HAND_BACK_AFTER_MS, undefined, { ref: false })]);
    processes.close();
  };
}

/**
 * One lane more than an account may take up, so that operations that go on for long hold up those of their own account alone;
 * and lanes for copies of data besides, which never take up those on which assistants start and stop.
 */
function lanes({ concurrency }: Pick<StackSettings, "concurrency">) {
  return [
    { localConcurrency: concurrency + 1, localGroupConcurrency: concurrency, minPriority: COPIES_BELOW + 1 },
    { localConcurrency: Math.ceil(concurrency / 2), maxPriority: COPIES_BELOW },
  ];
}

/** @throws Error when the operation was interrupted and is to be tried again: the queue hands it out once more. */
async function carryOut(worker: Worker, operationId: string): Promise<void> {
  const record = await beginAttempt(worker.sql, operationId, hostname());
  if (!record) return;
  const { operation } = record;
  const { id, deployment_id, kind, attempt: number } = operation;
  describeAttempt(operation);
  const log = worker.log.child({
    operation: id,
    deployment: deployment_id,
    kind,
    attempt: number,
    ...(operation.request_id && { requestId: operation.request_id }),
  });
  const outcome = await tryOnce(worker, record).catch((error: unknown): Outcome => {
    log.error({ err: error }, "operation could not be carried out");
    return failure(error);
  });
  describeEnding(outcome);
  if (outcome.state === "interrupted" && number < MAX_ATTEMPTS) {
    log.warn({ why: outcome.why }, "operation was interrupted");
    const now = await untilWritten(() => standing(worker.sql, operation), LEASE_MS);
    if (now !== "lost") throw new Error("The operation was interrupted.");
  }
  const ending: Ending =
    outcome.state === "interrupted" ? { state: "failed", cause: interruptedCause(outcome.why) } : outcome;
  if (ending.state !== "succeeded") await untilWritten(() => bringBack(worker, operation), LEASE_MS);
  const settle = () => settleOperation(worker.sql, operation, ending);
  if (await inSpan("settle", {}, () => untilWritten(settle, LEASE_MS))) {
    await applyLatePayment(worker, operation, ending).catch((error: unknown) =>
      log.error({ err: error }, "the payment could not be looked at; that is done again within minutes"),
    );
    await tidyAfter(worker, operation);
    const cause = ending.state === "failed" ? { cause: ending.cause.code } : {};
    return log.info({ state: ending.state, ...cause }, "operation ended");
  }
  log.warn("another worker has taken the operation over");
  // It is one job to the queue: ended here, it would count as ended there.
  await untilEnded(worker.sql, id);
}

async function untilEnded(sql: Sql, operationId: string): Promise<void> {
  for (let ended = false; !ended; await sleep(1_000)) {
    const operation = await findOperation(sql, operationId).catch(() => undefined);
    ended = !operation || operation.finished_at !== null;
  }
}

/** Where the engine was away before anything was touched, the same attempt begins once more when that is back. */
async function tryOnce(worker: Worker, record: AttemptRecord): Promise<Outcome> {
  const { operation } = record;
  for (let round = 1; ; round++) {
    const deployment = await findDeployment(worker.sql, operation.deployment_id);
    if (!deployment) throw new Error("The operation's deployment is gone.");
    if (operation.cancel_requested || (await isOvertaken(worker.sql, operation, deployment)))
      return { state: "cancelled" };
    const attempt = new Attempt(worker, record, deployment);
    const context = { ...worker, attempt, operation, deployment };
    const outcome = await asBefore(context, await work(context));
    const isUntouched = outcome.state === "failed" && outcome.isUntouched === true;
    if ((isUntouched ? round : operation.attempt) >= MAX_ATTEMPTS) return outcome;
    const target = await targetOf(worker.settings, deployment);
    const isHeld = async () => (await standing(worker.sql, operation)) === "held";
    const waited = await onceEngineIsBack(outcome, { target, isHeld });
    if (waited.state !== "interrupted" || !isUntouched) return waited;
  }
}

/** A move to another target that was cut off is ended first; a start at its new place is the end of one. */
async function work(context: AttemptContext): Promise<Outcome> {
  const ready = await endFormerMove(context);
  if ("state" in ready) return ready;
  const outcome = await WORK[ready.operation.kind](ready);
  const { moving } = ready.deployment;
  const outputs = outcome.state === "succeeded" ? recordedOutputs(outcome.outputs) : undefined;
  if (outputs?.status !== "active" || moving?.phase !== "starting" || ready.operation.kind === "adopt")
    return outcome;
  return arrive(ready, moving, outputs);
}
