// What ECS has of Berth's deployments, as it is right now.
import { DescribeServicesCommand, ECSClient, type Service } from "@aws-sdk/client-ecs";
import { deploymentOf, resourceName } from "../args.ts";
import { ownWords } from "../assistant/own-words.ts";
import { Pace } from "../pace/pace.ts";
import { EngineAway } from "../target.ts";
import type { Foundation } from "./args.ts";
import { clientOptions } from "./clients.ts";
import { LogStreams } from "./log-streams.ts";
import { stoppedReason } from "./stopped-reason.ts";
import { listTasks } from "./tasks.ts";

/** As many as ECS describes at once. */
export const SERVICES_AT_ONCE = 10;
/** Of the 20 a second that ECS allows an account in the long run; operations ask, too. */
const CALLS_PER_SECOND = 2;
const LAST_LINES = 20;

export interface ObservedService {
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  /** Of the deployment that ECS works towards, as are the security groups. */
  readonly taskDefinition: string | undefined;
  readonly securityGroups: readonly string[];
  /** Changes whenever something has happened to it. */
  readonly latestEvent: string | undefined;
}

/** A task that has ended by itself. */
export interface TaskEnd {
  readonly taskId: string;
  readonly at: Date;
  readonly sentence: string;
}

/** Asks AWS at a pace. Every call throws EngineAway when it does not answer, or refuses. */
export class ServiceObserver {
  readonly #ecs: ECSClient;
  readonly #cluster: string;
  readonly #streams: LogStreams;
  readonly #signal: AbortSignal;
  readonly #pace = new Pace(CALLS_PER_SECOND);

  constructor(foundation: Foundation, signal: AbortSignal) {
    this.#ecs = new ECSClient(clientOptions(foundation.region));
    this.#cluster = foundation.clusterArn;
    this.#streams = new LogStreams(foundation);
    this.#signal = signal;
  }

  /** By deployment id, without those that have no service. At most ten at once. */
  async observe(deploymentIds: readonly string[]): Promise<Map<string, ObservedService>> {
    const asked = { cluster: this.#cluster, services: deploymentIds.map(resourceName) };
    const answer = await this.#asking(() => this.#ecs.send(new DescribeServicesCommand(asked)));
    const { services = [], failures = [] } = answer;
    const other = failures.find(({ reason }) => reason !== "MISSING");
    if (other) throw new EngineAway(new Error(`ECS does not tell of ${other.arn}: ${other.reason}`));
    const living = services.filter(({ status }) => status === "ACTIVE");
    return new Map(
      living.map((service) => [deploymentOf(service.serviceName ?? "") ?? "", asObserved(service)]),
    );
  }

  /** The tasks that have ended by themselves since then, as far as ECS remembers, the latest first. */
  async endsSince(deploymentId: string, since: Date): Promise<TaskEnd[]> {
    const service = { cluster: this.#cluster, service: resourceName(deploymentId) };
    const stopped = await this.#asking(() => listTasks(this.#ecs, service, "STOPPED"));
    const ends = stopped.flatMap((task) => {
      const reason = stoppedReason(task);
      const { stoppedAt: at, taskArn = "" } = task;
      if (!reason || !at || at < since) return [];
      return [{ taskId: taskArn.split("/").at(-1) ?? "", at, sentence: reason.sentence }];
    });
    return ends.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  }

  /** The last lines of a task's log, which may hold secrets; empty if it has written nothing. */
  async lastLines(deploymentId: string, taskId: string): Promise<string> {
    const lines = await this.#asking(() =>
      this.#streams.lastLines(deploymentId, taskId, { limit: LAST_LINES }, this.#signal),
    );
    return ownWords(lines.join("\n"));
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    await this.#pace.turn(this.#signal);
    try {
      return await ask();
    } catch (error) {
      throw new EngineAway(error);
    }
  }
}

function asObserved(service: Service): ObservedService {
  const { desiredCount = 0, runningCount = 0, pendingCount = 0, deployments = [], events = [] } = service;
  const primary = deployments.find(({ status }) => status === "PRIMARY");
  const network = primary?.networkConfiguration ?? service.networkConfiguration;
  return {
    desiredCount,
    runningCount,
    pendingCount,
    taskDefinition: primary?.taskDefinition ?? service.taskDefinition,
    securityGroups: network?.awsvpcConfiguration?.securityGroups ?? [],
    latestEvent: events[0]?.id,
  };
}
