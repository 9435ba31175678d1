// Whether a service has become what was asked for. ECS calls a rolled back deployment complete and the provider a
// success, so what runs is compared with what was asked for, and a task's end is read rather than waited for.
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Deployment,
  DescribeServicesCommand,
  ECSClient,
  type Task,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { counted } from "../sentences.ts";
import { clientOptions, mayPass, wordsOf } from "./clients.ts";
import { type StoppedReason, stoppedReason } from "./stopped-reason.ts";
import { listTasks } from "./tasks.ts";

/** A task that ends once may have had bad luck; the second end is the assistant's own. */
const MAX_ENDS = 2;
const POLL_MS = 3_000;
const STALE_MS = 15_000;

export interface Asked {
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
  /** ARN with revision. */
  readonly taskDefinition: string;
  readonly replicas: 0 | 1;
  readonly timeoutSeconds: number;
  readonly pollMs?: number;
  /** How long ECS may go on telling of what was before. */
  readonly staleMs?: number;
}

/**
 * Resolves once the service runs the task definition that was asked for in one healthy task, or runs nothing where
 * nothing was asked for.
 * @returns the ARN of that task
 * @throws Error that says why not, after the deadline at the latest.
 */
export async function settle(asked: Asked): Promise<string | undefined> {
  const settling = new Settling(asked);
  const startedAt = performance.now();
  while (performance.now() - startedAt < asked.timeoutSeconds * 1000) {
    try {
      const settled = await settling.look();
      if (settled) return settled.task;
    } catch (error) {
      // An ECS that is away for a moment, or has too much to do, has not said that anything failed.
      if (!mayPass(error)) throw error;
      settling.why = `AWS does not answer: ${wordsOf(error)}`;
    }
    await sleep(asked.pollMs ?? POLL_MS);
  }
  const what = asked.replicas === 0 ? "stop" : "become ready";
  throw new Error(`The assistant did not ${what} within ${asked.timeoutSeconds} s; ${settling.why}.`);
}

class Settling {
  /** Why it is not over yet, for the end of a sentence. */
  why = "its task is not healthy yet";
  readonly #ecs: ECSClient;
  readonly #asked: Asked;
  readonly #startedAt = performance.now();
  /** Tasks that had ended before. */
  #known: ReadonlySet<string | undefined> | undefined;

  constructor(asked: Asked) {
    this.#ecs = new ECSClient(clientOptions(asked.region));
    this.#asked = asked;
  }

  /** @returns the task, once the service is as asked for @throws Error when that can't become so */
  async look(): Promise<{ readonly task: string | undefined } | undefined> {
    const [ecs, asked] = [this.#ecs, this.#asked];
    this.#known ??= await this.#begin();
    const deployment = await primaryDeployment(ecs, asked);
    if (deployment?.taskDefinition !== asked.taskDefinition) {
      if (performance.now() - this.#startedAt > (asked.staleMs ?? STALE_MS))
        throw notAsked(asked, deployment);
      return undefined;
    }
    const ended = await listTasks(ecs, asked, "STOPPED");
    const stopped = ended.filter(({ taskArn }) => !this.#known?.has(taskArn));
    const isOver = asked.replicas === 0 ? isQuiet : isHealthy;
    const running = await listTasks(ecs, asked, "RUNNING");
    if (isOver(asked, deployment, running, stopped)) return { task: running[0]?.taskArn };
    const last = asked.replicas === 1 ? refuseWhatKeepsEnding(asked, deployment, stopped) : undefined;
    this.why = last ? `its task ended: ${last.sentence}` : "its task is not healthy yet";
    return undefined;
  }

  async #begin(): Promise<ReadonlySet<string | undefined>> {
    const ended = (await listTasks(this.#ecs, this.#asked, "STOPPED")).filter(hasEnded);
    await startAgainIfGivenUp(this.#ecs, this.#asked);
    return new Set(ended.map(({ taskArn }) => taskArn));
  }
}

/** Why a task has ended, if one has. @throws Error when waiting for the next task is of no use. */
function refuseWhatKeepsEnding(
  asked: Asked,
  { rolloutState, rolloutStateReason }: Deployment,
  stopped: readonly Task[],
): StoppedReason | undefined {
  const ends = stopped
    .filter(({ taskDefinitionArn }) => taskDefinitionArn === asked.taskDefinition)
    .flatMap((task) => stoppedReason(task) ?? []);
  const last = ends.find(({ isFinal }) => isFinal) ?? ends[0];
  const isGivenUp = rolloutState === "FAILED";
  if (last && (last.isFinal || ends.length >= MAX_ENDS || isGivenUp)) {
    throw new Error(
      `The assistant's container keeps ending (${counted(ends.length, "task")}): ${last.sentence}`,
    );
  }
  if (isGivenUp) throw new Error(`ECS gave up: ${rolloutStateReason}`);
  return last;
}

/** After its circuit breaker has tripped, ECS starts nothing more, also when the cause is mended. */
async function startAgainIfGivenUp(ecs: ECSClient, asked: Asked): Promise<void> {
  const deployment = await primaryDeployment(ecs, asked);
  if (asked.replicas === 0 || deployment?.rolloutState !== "FAILED") return;
  const { cluster, service } = asked;
  await ecs.send(new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }));
}

async function primaryDeployment(ecs: ECSClient, asked: Asked): Promise<Deployment | undefined> {
  const { cluster, service } = asked;
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  return services[0]?.deployments?.find(({ status }) => status === "PRIMARY");
}

function notAsked({ service, taskDefinition }: Asked, deployment: Deployment | undefined): Error {
  if (!deployment) return new Error(`There is no service ${service} that runs.`);
  return new Error(
    `The service runs ${deployment.taskDefinition} where ${taskDefinition} was asked for: it was rolled back, or changed by hand.`,
  );
}

function isHealthy(asked: Asked, deployment: Deployment, running: readonly Task[]): boolean {
  if (deployment.rolloutState !== "COMPLETED" || running.length !== 1) return false;
  const [task] = running;
  return (
    task?.taskDefinitionArn === asked.taskDefinition &&
    task.lastStatus === "RUNNING" &&
    task.healthStatus === "HEALTHY"
  );
}

/** A task that is to stop runs on for a while. */
function isQuiet(
  _asked: Asked,
  _deployment: Deployment,
  running: readonly Task[],
  stopped: readonly Task[],
): boolean {
  return running.length === 0 && stopped.every(hasEnded);
}

function hasEnded({ lastStatus }: Task): boolean {
  return lastStatus === "STOPPED";
}
