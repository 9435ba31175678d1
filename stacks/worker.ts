// Carries out operations: begins an attempt, runs it in a child process, stores its log, settles the record.
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { PgBoss } from "pg-boss";
import type { Logger } from "pino";
import { removeFiles, removeSecretsFile } from "./assistant-stack.ts";
import { bringBack, tidyAfter } from "./backups/aftermath.ts";
import { recordWritten } from "./backups/records.ts";
import type { Sql } from "./database.ts";
import { findDeployment } from "./deployments.ts";
import { makeJob, replicasFor } from "./job.ts";
import { OperationLog } from "./operation-log.ts";
import { type Ended, type OperationProcess, OperationProcesses } from "./operation-process.ts";
import {
  type Attempt,
  beginAttempt,
  type Ending,
  findOperation,
  MAX_ATTEMPTS,
  type Operation,
  QUEUE,
  settleOperation,
  standing,
} from "./operations.ts";
import { parseOutputs } from "./outputs.ts";
import { applyLatePayment } from "./payments/consequences.ts";
import { causeOf, interruptedCause } from "./pulumi-errors.ts";
import { redaction } from "./redact.ts";
import type { Job } from "./run-operation.ts";
import type { SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";
import { forgetOldUpdates } from "./state-files.ts";

/** A new job starts at once, by LISTEN/NOTIFY; one that waited for its deployment's last job is found by looking. */
const POLLING = {
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 0.5,
  notifyPollingIntervalSeconds: 0.5,
} as const;
const LOOK_AT_STANDING_EVERY_MS = 250;
/** Without the database for so long, another worker may be given the operation: this one gives up before that. */
const LEASE_MS = 20_000;
/** Service managers kill 30 s after they have asked a process to end. */
const HAND_BACK_AFTER_MS = 22_000;
/** For the step that runs when an operation is cancelled: an assistant may take 35 s to stop. */
const CANCEL_GRACE_MS = 60_000;
/** Beyond the assistant's own time to start, for everything that an operation does around it. */
const OPERATION_SLACK_MS = 180_000;
/** The same where the assistant's data is copied. */
const COPY_MS = 40 * 60_000;

export interface WorkerParts {
  readonly sql: Sql;
  readonly boss: PgBoss;
  readonly box: SecretBox;
  readonly settings: StackSettings;
  readonly pulumi: { readonly path: string; readonly version: string };
  /** Plugins that the child processes serve themselves. */
  readonly standIns: readonly string[];
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
  const processes = new OperationProcesses([settings.target, ...parts.standIns], parts.environment);
  const worker = { ...parts, processes };
  await boss.work<{ operationId: string }>(
    QUEUE,
    { localConcurrency: settings.concurrency, batchSize: 1, ...POLLING },
    async (jobs) => {
      for (const job of jobs) await carryOut(worker, job.data.operationId);
    },
  );
  return async () => {
    const finished = boss.offWork(QUEUE, { wait: true });
    await Promise.race([finished, sleep(HAND_BACK_AFTER_MS, undefined, { ref: false })]);
    processes.close();
  };
}

type Outcome = Ending | { readonly interrupted: string };

/** @throws Error when the operation was interrupted and is to be tried again: the queue hands it out once more. */
async function carryOut(worker: Worker, operationId: string): Promise<void> {
  const attempt = await beginAttempt(worker.sql, operationId, hostname());
  if (!attempt) return;
  const { operation } = attempt;
  const { id, deployment_id, kind, attempt: number } = operation;
  const log = worker.log.child({
    operation: id,
    deployment: deployment_id,
    kind,
    attempt: number,
    ...(operation.request_id && { requestId: operation.request_id }),
  });
  const outcome = await tryOnce(worker, attempt).catch((error: unknown): Outcome => {
    log.error({ err: error }, "operation could not be carried out");
    return { state: "failed", cause: causeOf([error instanceof Error ? error.message : String(error)]) };
  });
  if ("interrupted" in outcome && number < MAX_ATTEMPTS) {
    log.warn({ why: outcome.interrupted }, "operation was interrupted");
    if ((await standing(worker.sql, operation)) !== "lost") throw new Error("The operation was interrupted.");
  }
  const ending: Ending =
    "interrupted" in outcome ? { state: "failed", cause: interruptedCause(outcome.interrupted) } : outcome;
  if (ending.state !== "succeeded") await bringBack(worker, operation);
  if (await settle(worker.sql, operation, ending)) {
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

/** A database that is away for a moment is waited for: the work is done, and would be done again. */
async function settle(sql: Sql, operation: Operation, ending: Ending): Promise<boolean> {
  for (const deadline = Date.now() + LEASE_MS; ; await sleep(500)) {
    try {
      return await settleOperation(sql, operation, ending);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

async function untilEnded(sql: Sql, operationId: string): Promise<void> {
  for (let ended = false; !ended; await sleep(1_000)) {
    const operation = await findOperation(sql, operationId).catch(() => undefined);
    ended = !operation || operation.finished_at !== null;
  }
}

async function tryOnce(worker: Worker, attempt: Attempt): Promise<Outcome> {
  const { operation } = attempt;
  const deployment = await findDeployment(worker.sql, operation.deployment_id);
  if (!deployment) throw new Error("The operation's deployment is gone.");
  // What was asked for later is what is wanted: it makes all that this would have made, but restores nothing.
  const isOvertaken = deployment.operation_id !== operation.id && operation.kind !== "restore";
  if (operation.cancel_requested || isOvertaken) return { state: "cancelled" };
  const job = await makeJob(worker, attempt, deployment);
  // An assistant that fails may tell its secrets: its last words are part of the log and of the cause.
  const redact = redaction(worker, deployment);
  const log = new OperationLog(worker.sql, operation, redact);
  const { ended, isCancelled } = await runJob(worker, operation, job, log);
  if ("done" in ended) return succeed(worker, operation, ended.done.outputs);
  if (isCancelled) return { state: "cancelled" };
  if ("interrupted" in ended) return { interrupted: redact(ended.interrupted) };
  return { state: "failed", cause: { ...ended.failed, message: redact(ended.failed.message) } };
}

async function runJob(
  { sql, processes, settings }: Worker,
  operation: Operation,
  job: Job,
  log: OperationLog,
): Promise<{ ended: Ended; isCancelled: boolean }> {
  const child = processes.take();
  const copiesData = operation.kind === "backup" || operation.kind === "restore";
  const over = new AbortController();
  let isCancelled = false;
  const stop = new Promise<"cancel" | "kill">((resolve) => {
    void watchStanding(sql, operation, child, over.signal, (how) => {
      isCancelled ||= how === "cancel";
      resolve(how);
    });
  });
  try {
    const ended = await child.run(job, {
      deadlineMs: settings.startupTimeoutSeconds * 1000 + (copiesData ? COPY_MS : OPERATION_SLACK_MS),
      cancelGraceMs: CANCEL_GRACE_MS,
      stop,
      onEvent: (event) => log.add(event),
      onWritten: (sum) => recordWritten(sql, operation, sum ?? undefined),
      onStackExists: () =>
        sql
          .updateTable("deployments")
          .set({ stack_exists: true })
          .where("id", "=", job.location.stackName)
          .execute(),
    });
    return { ended, isCancelled };
  } finally {
    over.abort();
    processes.giveBack(child);
    const { stackName, stateFolder } = job.location;
    if (stateFolder) await forgetOldUpdates(stateFolder, stackName);
    await log.flush();
  }
}

/** Tells the child, again and again, that the operation is still its own; and `stop` when it is not, or is cancelled. */
async function watchStanding(
  sql: Sql,
  operation: Operation,
  child: OperationProcess,
  over: AbortSignal,
  stop: (how: "cancel" | "kill") => void,
): Promise<void> {
  let heldAt = performance.now();
  while (!over.aborted) {
    await sleep(LOOK_AT_STANDING_EVERY_MS, undefined, { signal: over }).catch(() => {});
    const now = await standing(sql, operation).catch(() => undefined);
    if (now === "lost") stop("kill");
    if (now === "cancelled") stop("cancel");
    if (now === "held" || now === "cancelled") {
      heldAt = performance.now();
      child.keepAlive();
    } else if (performance.now() - heldAt > LEASE_MS) stop("kill");
  }
}

async function succeed(
  { settings }: WorkerParts,
  operation: Operation,
  outputs: Record<string, unknown> | null,
): Promise<Ending> {
  if (operation.kind === "delete") {
    await removeFiles(settings, operation.deployment_id);
    return { state: "succeeded", outputs: null };
  }
  if (operation.kind === "backup") return { state: "succeeded", outputs: null };
  const replicas = replicasFor(operation.kind);
  const parsed = parseOutputs(outputs, replicas);
  if (replicas === 0) await removeSecretsFile(settings, operation.deployment_id);
  return { state: "succeeded", outputs: { ...parsed } };
}
