// Lists of ECS that are longer than a page, and the end of a task. ECS is made up; the calls are real HTTP.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ECSClient, type Task } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { clientOptions } from "../../../infra/aws/clients.ts";
import { listTasks, listUnended, untilStopped } from "../../../infra/aws/tasks.ts";
import { listDefinitions } from "../../../infra/aws/transfer/end.ts";
import { type FakeEcs, startFakeEcs, type World } from "../../support/fake-ecs.ts";

const SERVICE = { cluster: "berth", service: "berth-1" };

let fake: FakeEcs | undefined;
let ecs: ECSClient;
async function ecsSays(world: Partial<World>): Promise<void> {
  fake = await startFakeEcs({ deployments: [], tasks: [], ...world });
  ecs = new ECSClient(clientOptions("eu-central-1"));
}
beforeEach(() => {
  fake = undefined;
});
afterEach(() => fake?.stop());

function tasks(count: number, change: Task): Task[] {
  return Array.from({ length: count }, (_, index) => ({
    taskArn: `${change.desiredStatus}/${change.lastStatus}/${index}`,
    ...change,
  }));
}

it("lists a service's tasks past the first hundred", async () => {
  await ecsSays({ tasks: tasks(230, { desiredStatus: "STOPPED", lastStatus: "STOPPED" }) });
  const listed = await listTasks(ecs, SERVICE, "STOPPED");
  expect(new Set(listed.map(({ taskArn }) => taskArn)).size).toBe(230);
  expect(await listTasks(ecs, SERVICE, "RUNNING")).toEqual([]);
});

it("lists all of a family that have not ended, those that are being stopped among them", async () => {
  await ecsSays({
    tasks: [
      ...tasks(120, { desiredStatus: "RUNNING", lastStatus: "RUNNING" }),
      ...tasks(150, { desiredStatus: "STOPPED", lastStatus: "STOPPED" }),
      ...tasks(60, { desiredStatus: "STOPPED", lastStatus: "STOPPING" }),
    ],
  });
  const unended = await listUnended(ecs, "berth", "berth-1-transfer");
  expect(unended).toHaveLength(180);
  expect(unended.filter((arn) => arn.includes("/STOPPED/"))).toEqual([]);
});

it("lists every task definition that a deployment's transfers have left", async () => {
  const definitions = Array.from({ length: 205 }, (_, index) => `berth-1-transfer:${index}`);
  await ecsSays({ definitions });
  expect(await listDefinitions(ecs, "berth-1-transfer")).toEqual(definitions);
});

it("gives a task that has ended, and gives up when the signal says so", async () => {
  await ecsSays({
    tasks: [
      { taskArn: "ended", lastStatus: "STOPPED", stoppedReason: "why" },
      { taskArn: "runs", lastStatus: "RUNNING" },
    ],
  });
  const patient = { pollMs: 10, signal: AbortSignal.timeout(60_000) };
  expect(await untilStopped(ecs, "berth", "ended", patient)).toMatchObject({ stoppedReason: "why" });
  const brief = { pollMs: 10, signal: AbortSignal.timeout(50) };
  await expect(untilStopped(ecs, "berth", "runs", brief)).rejects.toThrow(/abort/i);
});

it("an ECS that is away for a while does not end the wait", async () => {
  const tasks = [{ taskArn: "ended", lastStatus: "STOPPED" }];
  let looks = 0;
  const server = createServer((_request, response) => {
    looks += 1;
    const [status, body] = looks < 8 ? [500, { __type: "ServerException" }] : [200, { tasks }];
    response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const away = new ECSClient({ region: "eu-central-1", endpoint, maxAttempts: 2 });
  const patient = { pollMs: 10, signal: AbortSignal.timeout(60_000) };
  expect(await untilStopped(away, "berth", "ended", patient)).toMatchObject({ taskArn: "ended" });
  server.close();
});

it("a refusal ends the wait for a task at once", async () => {
  await ecsSays({ refusal: "not authorized" });
  const patient = { pollMs: 10, signal: AbortSignal.timeout(60_000) };
  await expect(untilStopped(ecs, "berth", "any", patient)).rejects.toThrow("not authorized");
});
