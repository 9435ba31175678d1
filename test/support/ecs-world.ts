// ECS as a test says it is: moto runs no tasks, and its services tell of nothing that happens to them. The calls are real
// HTTP; all other calls of AWS go on to wherever they went.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Service, Task } from "@aws-sdk/client-ecs";
import { ecsPage } from "./ecs-pages.ts";

export class EcsWorld {
  /** By name. */
  readonly services = new Map<string, Service>();
  /** The tasks of all services: `group` says of which. */
  tasks: readonly Task[] = [];
  /** Regions in which it answers nothing but refusals. */
  readonly away = new Set<string>();
  /** The calls: where to, and which services or tasks each has asked for, or tasks in which state. */
  readonly calls: { readonly name: string; readonly region: string; readonly asked: readonly string[] }[] =
    [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const name = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      const input = (await json(request)) as Record<string, unknown>;
      const headers = { "Content-Type": "application/x-amz-json-1.1" };
      // Every call is signed for one region.
      const [, region = ""] =
        /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
      if (this.away.has(region)) {
        const refusal = { __type: "AccessDeniedException", message: "made up" };
        response.writeHead(400, headers).end(JSON.stringify(refusal));
        return;
      }
      response.writeHead(200, headers).end(JSON.stringify(this.#answer(name, region, input), inSeconds));
    });
  }

  /** Starts it, and points the ECS clients of this process at it. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    process.env.AWS_ENDPOINT_URL_ECS = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    delete process.env.AWS_ENDPOINT_URL_ECS;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(name: string, region: string, input: Record<string, unknown>): object {
    const { services, tasks, desiredStatus } = input;
    const asked = [services, tasks, desiredStatus].flat().filter((one) => typeof one === "string");
    this.calls.push({ name, region, asked });
    switch (name) {
      case "DescribeClusters":
        return { clusters: [{ status: "ACTIVE" }] };
      case "DescribeServices": {
        const missing = asked.filter((service) => !this.services.has(service));
        return {
          services: asked.flatMap((service) => this.services.get(service) ?? []),
          failures: missing.map((service) => ({ arn: `arn:…:service/${service}`, reason: "MISSING" })),
        };
      }
      case "ListTasks": {
        const { serviceName } = input;
        const listed = this.tasks.filter(
          (task) => task.group === `service:${serviceName}` && task.desiredStatus === desiredStatus,
        );
        return ecsPage(
          "taskArns",
          listed.map(({ taskArn }) => taskArn),
          input,
        );
      }
      case "DescribeTasks":
        return { tasks: this.tasks.filter(({ taskArn = "" }) => asked.includes(taskArn)) };
      default:
        throw new Error(`ECS was not expected to be asked for ${name}.`);
    }
  }
}

/** ECS writes times as seconds. */
function inSeconds(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const given = this[key];
  return given instanceof Date ? given.getTime() / 1000 : value;
}
