// One carrying of a deployment's state, out or in, by a task that has its access point: nothing else gets at it. The
// definition of that task is made for the occasion: it names a version of a secret that is made for the occasion, too.
import { gzipSync } from "node:zlib";
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ECSServiceException,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Service,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { resourceName } from "../../args.ts";
import type { Foundation, Transfer } from "../args.ts";
import { clientOptions } from "../clients.ts";
import { TRANSFER } from "../names.ts";
import { stoppedReason } from "../stopped-reason.ts";
import { untilStopped } from "../tasks.ts";
import { EXITS, UNTOUCHED } from "./exits.mjs";
import { deleteTransferSecret, putTransferSecret } from "./secret.ts";
import { ADDRESSES_LIVE_SECONDS } from "./store.ts";
import { transferTask } from "./task.ts";

/** The program's instructions. */
export interface Order {
  readonly direction: "out" | "in";
  /** One for each piece of the archive, secrets all of them. */
  readonly urls: readonly string[];
  readonly pieceBytes: number;
}

export interface TransferParts {
  readonly foundation: Foundation;
  readonly transfer: Transfer;
  readonly deploymentId: string;
  readonly pollMs: number;
}

export interface Watch {
  readonly signal: AbortSignal;
  /** Logged unless it is known that nothing was replaced. */
  readonly onTouched?: () => void;
}

/** Thrown where the state holds more pieces than there are addresses. */
export class TooManyPieces extends Error {}

const FIRST_SIGNAL = 128;
const SENTENCES: Readonly<Record<number, string>> = {
  [EXITS.refused]:
    "S3 refused it. Berth's own credentials, which its addresses are signed with, may have ended meanwhile or lack rights (npm run berth -- aws policy)",
  [EXITS.unreachable]: "its task can't reach S3",
  [EXITS.notUnpacked]: "tar could not unpack it; the task's log says why",
  [EXITS.noTar]: "the image of the foundation's setting transferImage has no GNU tar",
  [EXITS.changed]: "a file changed while it was read",
};

/**
 * Runs the task to its end, with what the service has: its access point, its network.
 * @throws Error that says why the state was not carried; a state that was to be replaced may be incomplete then
 */
export async function carry(
  parts: TransferParts,
  service: Service,
  order: Order,
  watch: Watch,
): Promise<void> {
  const { foundation, deploymentId } = parts;
  const ecs = new ECSClient(clientOptions(foundation.region));
  const volumes = await volumesOf(ecs, service, deploymentId);
  const secret = await putTransferSecret(foundation, deploymentId, orderText(order));
  let definition: string | undefined;
  try {
    const task = transferTask(foundation, deploymentId, parts.transfer.image, { volumes, secret });
    const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(task));
    definition = taskDefinition?.taskDefinitionArn;
    assertCarried(await runTask(ecs, parts, { service, definition, ...watch }), parts.transfer);
  } finally {
    // What is carried is carried: what can't be tidied up now is by the next transfer, or with the deployment.
    await deleteTransferSecret(foundation, deploymentId).catch(() => {});
    if (definition) {
      const asked = new DeregisterTaskDefinitionCommand({ taskDefinition: definition });
      await ecs.send(asked).catch(() => {});
    }
  }
}

/** As the program reads it. Hundreds of addresses are alike but for their signatures: packed, they fit into a secret. */
export function orderText(order: Order): string {
  return gzipSync(JSON.stringify(order)).toString("base64");
}

/** The state as the assistant has it. */
async function volumesOf(ecs: ECSClient, { taskDefinition }: Service, deploymentId: string) {
  const asked = new DescribeTaskDefinitionCommand({ taskDefinition });
  const { taskDefinition: found } = await ecs.send(asked);
  const { family, volumes } = found ?? {};
  if (family === resourceName(deploymentId) && volumes?.length) return volumes;
  throw new Error(
    `The service runs ${taskDefinition}, which is none of Berth's. Redeploy, or stop it, first.`,
  );
}

interface Run extends Watch {
  readonly service: Service;
  readonly definition: string | undefined;
}

async function runTask(
  ecs: ECSClient,
  { foundation: { clusterArn: cluster }, pollMs }: TransferParts,
  { service, definition: taskDefinition, signal, onTouched }: Run,
): Promise<Task> {
  const asked = new RunTaskCommand({
    cluster,
    taskDefinition,
    launchType: "FARGATE",
    platformVersion: "1.4.0",
    startedBy: "berth-transfer",
    networkConfiguration: service.networkConfiguration,
  });
  const { tasks = [], failures = [] } = await ecs.send(asked).catch((error: unknown) => {
    const isRefused = error instanceof ECSServiceException && error.$fault === "client";
    if (!isRefused) onTouched?.();
    throw error;
  });
  const arn = tasks[0]?.taskArn;
  if (!arn) throw notCarried(failures[0]?.reason ?? "ECS started no task");
  const late = AbortSignal.timeout(ADDRESSES_LIVE_SECONDS * 1000);
  try {
    const ended = await untilStopped(ecs, cluster, arn, { pollMs, signal: AbortSignal.any([signal, late]) });
    if (!isUntouched(ended)) onTouched?.();
    return ended;
  } catch (error) {
    onTouched?.();
    // One that runs on is ended before anything else is done with the data.
    const stop = new StopTaskCommand({ cluster, task: arn, reason: "Berth has given it up" });
    await ecs.send(stop).catch(() => {});
    throw late.aborted ? notCarried(`its task did not end within ${ADDRESSES_LIVE_SECONDS} s`) : error;
  }
}

function exitCodeOf({ containers = [] }: Task): number | undefined {
  return containers.find(({ name }) => name === TRANSFER)?.exitCode;
}

/** One whose program never began has neither an exit code nor a time of its start. */
function isUntouched(task: Task): boolean {
  const exitCode = exitCodeOf(task);
  if (exitCode === undefined) return task.startedAt === undefined;
  return exitCode >= UNTOUCHED && exitCode < FIRST_SIGNAL;
}

function assertCarried(task: Task, { image }: Transfer): void {
  const exitCode = exitCodeOf(task);
  if (exitCode === 0) return;
  const meant = (exitCode ?? 0) % UNTOUCHED;
  if (meant === EXITS.tooLarge) throw new TooManyPieces();
  const known = SENTENCES[meant];
  const why = known ?? stoppedReason(task)?.sentence ?? task.stoppedReason ?? "no exit code";
  throw notCarried(exitCode === undefined ? `${why} (image ${image})` : why);
}

function notCarried(why: string): Error {
  return new Error(`The assistant's data was not copied: ${why}.`);
}
