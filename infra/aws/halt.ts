// Stands an assistant on ECS still for a while and starts it again, past Pulumi: its service runs no task meanwhile, and
// the same task definition afterwards.
import { DescribeServicesCommand, ECSClient, type Service, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { resourceName } from "../args.ts";
import type { Foundation } from "./args.ts";
import { clientOptions } from "./clients.ts";
import { settle } from "./settlement.ts";

/** The assistant has 35 s to stop; then ECS takes its time to say so. */
const STOP_TIMEOUT_SECONDS = 180;

/** Calls of ECS that concern one deployment's service. */
export class ServiceSwitch {
  readonly #ecs: ECSClient;
  readonly #cluster: string;
  readonly #service: string;
  readonly #region: string;
  readonly #pollMs: number;

  constructor({ region, clusterArn }: Foundation, deploymentId: string, pollMs: number) {
    this.#ecs = new ECSClient(clientOptions(region));
    this.#cluster = clusterArn;
    this.#service = resourceName(deploymentId);
    this.#region = region;
    this.#pollMs = pollMs;
  }

  /** Undefined if there is none. */
  async find(): Promise<Service | undefined> {
    const asked = { cluster: this.#cluster, services: [this.#service] };
    const { services = [] } = await this.#ecs.send(new DescribeServicesCommand(asked));
    return services.find(({ status }) => status === "ACTIVE");
  }

  /** @returns whether it was to run a task; false, too, if there is no service @throws Error when a task runs on */
  async halt(): Promise<boolean> {
    const service = await this.find();
    if (!service) return false;
    const wasToRun = (service.desiredCount ?? 0) > 0;
    if (wasToRun) await this.#want(0);
    await this.untilQuiet(service);
    return wasToRun;
  }

  async start(): Promise<void> {
    const service = await this.find();
    if (service?.desiredCount === 0) await this.#want(1);
  }

  /** @throws Error when a task runs on, which is what happens to a service that is to run one */
  async untilQuiet(service: Service): Promise<void> {
    await this.#settle(service, 0, STOP_TIMEOUT_SECONDS);
  }

  /** @throws Error when it is gone, does not become healthy in time, or keeps ending */
  async untilHealthy(timeoutSeconds: number): Promise<void> {
    const service = await this.find();
    if (!service) throw new Error("The assistant's service is gone. Redeploy it.");
    await this.#settle(service, 1, timeoutSeconds);
  }

  async #want(desiredCount: 0 | 1): Promise<void> {
    const change = { cluster: this.#cluster, service: this.#service, desiredCount };
    await this.#ecs.send(new UpdateServiceCommand(change));
  }

  async #settle({ taskDefinition = "" }: Service, replicas: 0 | 1, timeoutSeconds: number): Promise<void> {
    const place = { region: this.#region, cluster: this.#cluster, service: this.#service };
    await settle({ ...place, taskDefinition, replicas, timeoutSeconds, pollMs: this.#pollMs });
  }
}
