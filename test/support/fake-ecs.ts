// The answers of ECS that tell what has become of a service. moto runs no tasks and rolls nothing back: here a
// test says what ECS would.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Deployment, Task } from "@aws-sdk/client-ecs";
import { assertDescribable, ecsPage } from "./ecs-pages.ts";

export interface World {
  readonly deployments: readonly Deployment[];
  readonly tasks: readonly Task[];
  /** ARNs of task definitions, of whatever family is asked for. */
  readonly definitions?: readonly string[];
  /** What containers have written, by the names of their streams in CloudWatch. */
  readonly logs?: Readonly<Record<string, readonly string[]>>;
  /** Set where ECS refuses everything. */
  readonly refusal?: string;
  /** Set where it answers nothing but that: the name of an error, and its HTTP status. */
  readonly away?: readonly [name: string, status: number];
}

export interface FakeEcs {
  /** Names of the calls that would change something. */
  readonly changes: string[];
  stop(): Promise<void>;
}

/**
 * Starts it, and points the AWS clients of this process at it.
 * @param worlds one after another: the next one from the second look at the service on; the last one stays
 */
export async function startFakeEcs(...worlds: readonly [World, ...World[]]): Promise<FakeEcs> {
  const changes: string[] = [];
  let looks = 0;
  const server = createServer(async (request, response) => {
    const call = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    if (call === "DescribeServices") looks++;
    const world = worlds[Math.min(Math.max(looks - 1, 0), worlds.length - 1)] ?? worlds[0];
    const input = (await json(request)) as Record<string, unknown>;
    const headers = { "Content-Type": "application/x-amz-json-1.1" };
    if (world.away) {
      const [__type, status] = world.away;
      response.writeHead(status, headers).end(JSON.stringify({ __type, message: "not now" }));
      return;
    }
    try {
      const body = answer(world, changes, call, input);
      response.writeHead(200, headers).end(JSON.stringify(body));
    } catch (error) {
      const refused = { __type: "ClientException", message: (error as Error).message };
      response.writeHead(400, headers).end(JSON.stringify(refused));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID = process.env.AWS_SECRET_ACCESS_KEY = "testing";
  return { changes, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

function answer(world: World, changes: string[], call: string, input: Record<string, unknown>): object {
  if (world.refusal) throw new Error(world.refusal);
  switch (call) {
    case "DescribeServices":
      return { services: world.deployments.length > 0 ? [{ deployments: world.deployments }] : [] };
    case "ListTasks": {
      const listed = world.tasks.filter(({ desiredStatus }) => desiredStatus === input.desiredStatus);
      return ecsPage(
        "taskArns",
        listed.map(({ taskArn }) => taskArn),
        input,
      );
    }
    case "GetLogEvents":
      return { events: (world.logs?.[String(input.logStreamName)] ?? []).map((message) => ({ message })) };
    case "ListTaskDefinitions":
      return ecsPage("taskDefinitionArns", world.definitions ?? [], input);
    case "DescribeTasks":
      assertDescribable(input.tasks as unknown[]);
      return { tasks: world.tasks.filter(({ taskArn }) => (input.tasks as unknown[]).includes(taskArn)) };
    default:
      changes.push(call);
      return {};
  }
}
