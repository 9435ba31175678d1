// Carries out operations: claims one, runs it in a child process, stores its log, settles the record.
import { setTimeout as sleep } from "node:timers/promises";
import type { PgBoss } from "pg-boss";
import type { Logger } from "pino";
import { prepareConfig, removeFiles, removeSecretsFile, stackWorkDir } from "./assistant-stack.ts";
import type { Sql } from "./database.ts";
import { type Deployment, findDeployment } from "./deployments.ts";
import { OperationLog } from "./operation-log.ts";
import { type ChildResult, OperationProcesses, runChild } from "./operation-process.ts";
import {
  type Ending,
  findOperation,
  type Operation,
  previousOperation,
  QUEUE,
  settleOperation,
  startOperation,
} from "./operations.ts";
import { parseOutputs } from "./outputs.ts";
import { causeOf, INTERRUPTED } from "./pulumi-errors.ts";
import type { Job } from "./run-operation.ts";
import type { SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";

/** A new job starts at once, by LISTEN/NOTIFY; one that waited for its deployment's last job is found by looking. */
const POLLING = {
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 0.5,
  notifyPollingIntervalSeconds: 0.5,
} as const;
const CANCEL_POLL_MS = 250;
/** Service managers kill 30 s after they have asked a process to end. */
const HAND_BACK_AFTER_MS = 22_000;
/** Beyond the assistant's own time to start, for everything that an operation does around it. */
const OPERATION_SLACK_MS = 180_000;

export interface WorkerParts {
  readonly sql: Sql;
  readonly boss: PgBoss;
  readonly box: SecretBox;
  readonly settings: StackSettings;
  readonly pulumi: { readonly path: string; readonly version: string };
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
  const processes = new OperationProcesses(parts.environment, settings.target);
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

async function carryOut(parts: Worker, operationId: string): Promise<void> {
  const started = await startOperation(parts.sql, operationId);
  if (!started) return;
  const { operation, again } = started;
  const log = parts.log.child({
    operation: operation.id,
    deployment: operation.deployment_id,
    kind: operation.kind,
  });
  const ending = await attempt(parts, operation, again).catch((error: unknown): Ending => {
    log.error({ err: error }, "operation could not be carried out");
    return { state: "failed", cause: causeOf([error instanceof Error ? error.message : String(error)]) };
  });
  await settleOperation(parts.sql, operation, ending);
  log.info(
    { state: ending.state, ...(ending.state === "failed" && { cause: ending.cause.code }) },
    "operation ended",
  );
}

async function attempt(parts: Worker, operation: Operation, again: boolean): Promise<Ending> {
  if (operation.cancel_requested) return { state: "cancelled" };
  const deployment = await findDeployment(parts.sql, operation.deployment_id);
  if (!deployment) throw new Error("The operation's deployment is gone.");
  const interrupted = again || (await wasCutOff(parts.sql, operation));
  const job = await makeJob(parts, operation, deployment, interrupted);
  const result = await runJob(parts, operation, job);
  if ("failed" in result) {
    return result.cancelled ? { state: "cancelled" } : { state: "failed", cause: result.failed };
  }
  return succeed(parts, operation, result.done.outputs);
}

/** Whether the operation before this one may have left a lock or a half-made resource behind. */
async function wasCutOff(sql: Sql, operation: Operation): Promise<boolean> {
  const previous = await previousOperation(sql, operation);
  return previous?.state === "cancelled" || previous?.error?.code === INTERRUPTED;
}

async function makeJob(
  { settings, box, pulumi }: WorkerParts,
  operation: Operation,
  deployment: Deployment,
  interrupted: boolean,
): Promise<Job> {
  const location = {
    stackName: deployment.id,
    workDir: stackWorkDir(settings, deployment.id),
    pulumiPath: pulumi.path,
    pulumiVersion: pulumi.version,
  };
  const common = { location, stackExists: deployment.stack_exists, interrupted };
  if (operation.kind === "delete") return { ...common, work: "destroy" };
  const config = await prepareConfig(settings, box, deployment, replicasFor(operation.kind));
  // What ran before may have been changed by hand or may have failed half-way: look before acting on it.
  const refresh =
    operation.kind === "redeploy" && deployment.stack_exists && deployment.outputs?.replicas !== 0;
  return { ...common, work: { up: config, refresh } };
}

async function runJob(parts: Worker, operation: Operation, job: Job): Promise<ChildResult> {
  const { sql, processes, settings } = parts;
  const log = new OperationLog(sql, operation.id);
  const ended = new AbortController();
  const deadlineMs = settings.startupTimeoutSeconds * 1000 + OPERATION_SLACK_MS;
  try {
    return await runChild(processes.take(), job, {
      deadlineMs,
      cancel: cancelRequested(sql, operation.id, ended.signal),
      onEvent: (event) => log.add(event),
      onStackExists: () =>
        sql
          .updateTable("deployments")
          .set({ stack_exists: true })
          .where("id", "=", job.location.stackName)
          .execute(),
    });
  } finally {
    ended.abort();
    processes.refill();
    await log.flush();
  }
}

/** Resolves when somebody asks for the operation to be cancelled, or when it has ended. */
async function cancelRequested(sql: Sql, operationId: string, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    await sleep(CANCEL_POLL_MS);
    // A database that is away for a moment asks for nothing.
    const operation = await findOperation(sql, operationId).catch(() => undefined);
    if (operation?.cancel_requested) return;
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
  const replicas = replicasFor(operation.kind);
  const parsed = parseOutputs(outputs, replicas);
  if (replicas === 0) await removeSecretsFile(settings, operation.deployment_id);
  return { state: "succeeded", outputs: { ...parsed } };
}

function replicasFor(kind: Operation["kind"]): 0 | 1 {
  return kind === "activate" || kind === "redeploy" ? 1 : 0;
}
