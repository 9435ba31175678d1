// A Berth whose assistants are on AWS, over HTTP: what they write and use, and how what runs differs from what was asked
// for. CloudWatch is moto's; what ECS has of services and tasks is made up. No assistant is brought up: records are.
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Task } from "@aws-sdk/client-ecs";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Foundation } from "../../infra/aws/args.ts";
import { sealColumn } from "../../stacks/deployments/secret-columns.ts";
import { watchServices } from "../../stacks/watch/aws/watch.ts";
import { API_KEY, newBotToken, startTestBerth, type TestBerth } from "../support/berth.ts";
import { EcsWorld } from "../support/ecs-world.ts";
import { placeOn } from "../support/foundation.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import { makeMotoFoundation } from "../support/moto-foundation.ts";

const SLICE = 53;
const REGION = { region: "eu-central-1" };
const SECOND = { region: "us-east-1" };
const DEFINITION = "arn:aws:ecs:eu-central-1:123456789012:task-definition/berth-1:7";
const GROUP = "sg-1";
const BOT_TOKEN = newBotToken();
const MINUTE_MS = 60_000;
const world = new EcsWorld();

let moto: Moto;
let foundation: Foundation;
let second: Foundation;
let berth: TestBerth;
let id: string;
beforeAll(async () => {
  moto = await startMoto();
  foundation = await makeMotoFoundation();
  second = await makeMotoFoundation(SECOND.region);
  await world.start();
  berth = await startTestBerth(SLICE, {
    ...moto.environment,
    BERTH_TARGET: "aws",
    BERTH_AWS_REGION: `${REGION.region}, ${SECOND.region}`,
    BERTH_AWS_FOUNDATION: JSON.stringify([second, foundation]),
    BERTH_MEMORY_MIB: "2048",
    BERTH_CPUS: "1",
    BERTH_CONCURRENCY: "1",
  });
  id = await assistant();
  for (const place of [REGION, SECOND]) {
    const { logGroupName } = foundation;
    await new CloudWatchLogsClient(place).send(new CreateLogGroupCommand({ logGroupName }));
  }
});
afterAll(async () => {
  await berth?.close();
  await world.stop();
  await moto?.stop();
});

/** A deployment whose record says that it is active, for a minute already, and a service that bears that out. */
async function assistant(region?: string): Promise<string> {
  const { body } = await berth.call("POST", "purchase", { apiMode: "byok", ...(region && { region }) });
  const made = body.data?.deploymentId ?? "";
  const { sql, box } = berth.installation;
  const outputs = {
    status: "active",
    replicas: 1,
    containerId: `${foundation.clusterArn.replace(":cluster/", ":service/")}/berth-${made}`,
    endpoint: null,
    image: "ghcr.io/openclaw/openclaw:1",
    network: GROUP,
    volume: "arn:aws:elasticfilesystem:eu-central-1:123456789012:access-point/fsap-1",
    taskDefinition: DEFINITION,
  };
  await sql
    .insertInto("operations")
    .values({ id: made, deployment_id: made, kind: "activate", state: "succeeded" })
    .execute();
  await sql
    .updateTable("deployments")
    .set({
      status: "active",
      payment: "paid",
      outputs: JSON.stringify(outputs),
      operation_id: made,
      telegram_bot_token: sealColumn(box, made, "telegram_bot_token", BOT_TOKEN),
      updated_at: new Date(Date.now() - MINUTE_MS),
    })
    .where("id", "=", made)
    .execute();
  serve(made, {});
  return made;
}

/** What ECS says of a deployment's service from now on. */
function serve(deployment: string, change: object): void {
  world.services.set(`berth-${deployment}`, {
    serviceName: `berth-${deployment}`,
    status: "ACTIVE",
    desiredCount: 1,
    runningCount: 1,
    pendingCount: 0,
    taskDefinition: DEFINITION,
    networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: [GROUP] } },
    ...change,
  });
}

function task(deployment: string, name: string, change: Task): Task {
  return {
    taskArn: `arn:aws:ecs:eu-central-1:123456789012:task/berth/${name}`,
    group: `service:berth-${deployment}`,
    taskDefinitionArn: DEFINITION,
    desiredStatus: "RUNNING",
    lastStatus: "RUNNING",
    cpu: "1024",
    memory: "2048",
    startedAt: new Date(Date.now() - MINUTE_MS),
    ...change,
  };
}

const ended = (deployment: string, name: string) =>
  task(deployment, name, {
    desiredStatus: "STOPPED",
    lastStatus: "STOPPED",
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
    stoppedAt: new Date(),
    containers: [{ name: "assistant", exitCode: 1 }],
  });

const write = (deployment: string, taskName: string, ...texts: string[]) =>
  writeIn(REGION, deployment, taskName, ...texts);

async function writeIn(place: { region: string }, deployment: string, taskName: string, ...texts: string[]) {
  const logs = new CloudWatchLogsClient(place);
  const stream = {
    logGroupName: foundation.logGroupName,
    logStreamName: `${deployment}/assistant/${taskName}`,
  };
  await logs.send(new CreateLogStreamCommand(stream)).catch(() => {});
  const logEvents = texts.map((message) => ({ message, timestamp: Date.now() }));
  await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
}

function logs(query: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${berth.url}/api/v1/assistants/${id}/logs${query}`, {
    headers: { "X-API-Key": API_KEY, ...headers },
    ...(signal && { signal }),
  });
}

async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = Date.now() + 300_000; !(await isTrue()); ) {
    if (Date.now() > deadline) throw new Error("It did not come to that.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("logs", () => {
  it("are refused before there are any", async () => {
    const { status, body } = await berth.call("GET", `${id}/logs`);
    expect([status, body.error?.code]).toEqual([409, "INVALID_STATE"]);
  });

  it("are the last lines, without secrets, and not those of another deployment", async () => {
    const other = await assistant();
    await write(other, "t0", "another customer's");
    await write(id, "t1", "first", `token ${BOT_TOKEN}`, "last");
    expect(await (await logs("?tail=2")).text()).toBe("token [REDACTED]\nlast\n");
    expect(await (await logs("")).text()).toBe("first\ntoken [REDACTED]\nlast\n");
    const future = new Date(Date.now() + MINUTE_MS).toISOString();
    expect(await (await logs(`?since=${future}`)).text()).toBe("");
  });

  it("are followed as events until the client leaves", async () => {
    const leaving = new AbortController();
    const response = await logs("?follow=true&tail=1", { Accept: "text/event-stream" }, leaving.signal);
    let seen = "";
    const reading = (async () => {
      for await (const piece of response.body ?? []) seen += Buffer.from(piece).toString();
    })().catch(() => {});
    await until(() => /^: open\n\nid: \S+\.\d{3}Z\nevent: log\ndata: last\n\n$/.test(seen));
    await write(id, "t1", `again ${BOT_TOKEN}`);
    await until(() => seen.endsWith("event: log\ndata: again [REDACTED]\n\n"));
    leaving.abort();
    await reading;
  });
});

describe("metrics", () => {
  it("are refused while no task runs", async () => {
    const slot = (await berth.call("POST", "purchase", { apiMode: "byok" })).body.data?.deploymentId;
    const { status, body } = await berth.call("GET", `${slot}/metrics`);
    expect([status, body.error?.code]).toEqual([409, "INVALID_STATE"]);
  });

  it("are those of the running task, as far as CloudWatch knows, and are kept for some seconds", async () => {
    world.tasks = [task(id, "t1", {})];
    const Timestamp = new Date(Date.now() - 2 * MINUTE_MS);
    const put = (MetricName: string, Value: number) =>
      new CloudWatchClient(REGION).send(
        new PutMetricDataCommand({
          Namespace: "AWS/ECS",
          MetricData: [
            {
              MetricName,
              Value,
              Timestamp,
              Dimensions: [
                { Name: "ClusterName", Value: "berth" },
                { Name: "ServiceName", Value: `berth-${id}` },
              ],
            },
          ],
        }),
      );
    await put("CPUUtilization", 12.5);
    await put("MemoryUtilization", 25);
    const { status, body } = await berth.call("GET", `${id}/metrics`);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.data).toEqual({
      cpuCores: 0.125,
      memoryBytes: 512 * 1024 * 1024,
      memoryLimitBytes: 2048 * 1024 * 1024,
      receivedBytes: null,
      sentBytes: null,
      restarts: null,
      stateUsedBytes: null,
      stateLimitBytes: null,
      uptimeSeconds: expect.any(Number),
    });
    expect(body.data?.uptimeSeconds).toBeGreaterThanOrEqual(60);
    // The worker looks at cluster, services and ended tasks of its own accord.
    const looks = () => world.calls.filter(({ asked }) => asked.includes("RUNNING")).length;
    const before = looks();
    expect(before).toBeGreaterThan(0);
    const again = (await berth.call("GET", `${id}/metrics`)).body.data;
    expect(again).toEqual({ ...body.data, uptimeSeconds: expect.any(Number) });
    expect((await berth.call("GET", `${id}/metrics/history`)).body.data).toEqual([
      {
        at: expect.stringMatching(/^20.*Z$/),
        seconds: 60,
        cpuCores: 0.125,
        memoryBytes: 512 * 1024 * 1024,
        receivedBytesPerSecond: null,
        sentBytesPerSecond: null,
        stateUsedBytes: null,
      },
    ]);
    expect(looks()).toBe(before);
  });

  it("of a task that was not measured yet are told without CPU and memory", async () => {
    const young = await assistant();
    world.tasks = [task(young, "t2", {})];
    const { body } = await berth.call("GET", `${young}/metrics`);
    expect(body.data).toMatchObject({ cpuCores: null, memoryBytes: null, memoryLimitBytes: 2_147_483_648 });
  });
});

it("pairing is refused, as no program can be run inside", async () => {
  const { status, body } = await berth.call("GET", `${id}/pairing`);
  expect([status, body.error?.code]).toEqual([409, "INVALID_STATE"]);
  expect(body.error?.message).toContain("Set allowFrom by PATCH instead");
});

describe("a region", () => {
  it("is the first one, or the one that was asked for when the slot was bought, and stays", async () => {
    expect((await berth.call("GET", id)).body.data?.region).toBe("eu-central-1");
    const elsewhere = await assistant("us-east-1");
    expect((await berth.call("GET", elsewhere)).body.data?.region).toBe("us-east-1");
    const refused = await berth.call("POST", "purchase", { apiMode: "byok", region: "eu-west-1" });
    expect([refused.status, refused.body.error?.details]).toEqual([
      400,
      [{ field: "region", message: "available: eu-central-1, us-east-1" }],
    ]);
  });

  it("is where all that concerns its deployments is asked for", async () => {
    const elsewhere = await assistant("us-east-1");
    await write(elsewhere, "t1", "not its own");
    await writeIn(SECOND, elsewhere, "t1", "from us-east-1");
    const url = `${berth.url}/api/v1/assistants/${elsewhere}/logs`;
    expect(await (await fetch(url, { headers: { "X-API-Key": API_KEY } })).text()).toBe("from us-east-1\n");
    world.tasks = [task(elsewhere, "t1", {})];
    expect((await berth.call("GET", `${elsewhere}/metrics`)).status).toBe(200);
    const places = world.calls.filter(({ asked }) => asked.some((one) => one.endsWith("/t1")));
    expect(places.at(-1)?.region).toBe("us-east-1");
  });
});

describe("drift", () => {
  let stops: (() => Promise<void>)[];
  beforeAll(() => {
    const parts = { ...berth.installation, log: pino({ level: "silent" }) };
    stops = [foundation, second].map((one) => watchServices(parts, placeOn(one), 100));
  });
  afterAll(() => Promise.all(stops.map((stop) => stop())));

  const status = async (of = id) => (await berth.call("GET", `${of}/status`)).body.data;
  const seen = async (of = id) =>
    ((await status(of))?.drift as { seen: { state: string } } | null)?.seen ?? null;
  const untilSeen = (state: string | null, of = id) =>
    until(async () => ((await seen(of))?.state ?? null) === state);

  it("comes with what is changed on AWS by hand, and goes with it", async () => {
    await untilSeen(null);
    serve(id, { taskDefinition: `${DEFINITION}8` });
    await untilSeen("changed");
    expect(await status()).toMatchObject({
      status: "active",
      drift: {
        expected: { status: "active", replicas: 1 },
        seen: { detail: `Its service runs ${DEFINITION}8, where ${DEFINITION} was asked for.` },
      },
    });
    serve(id, { status: "INACTIVE" });
    await untilSeen("missing");
    serve(id, {});
    await untilSeen(null);
  });

  it("tells of a task that has ended, and why", async () => {
    world.tasks = [ended(id, "t1")];
    serve(id, { runningCount: 0 });
    await untilSeen("ended");
    expect(await seen()).toMatchObject({
      detail: expect.stringContaining("exit code 1 of container assist"),
    });
    serve(id, { runningCount: 0, pendingCount: 1 });
    await untilSeen("restarting");
    serve(id, {});
    await untilSeen(null);
  });

  it("is unknown while AWS does not answer, in that region alone, and nothing is taken for gone", async () => {
    const elsewhere = await assistant("us-east-1");
    world.away.add("us-east-1");
    await untilSeen("unknown", elsewhere);
    expect(await seen()).toBeNull();
    world.away.clear();
    await untilSeen(null, elsewhere);
  });

  it("asks for ten services at a time", async () => {
    const more = await Promise.all(Array.from({ length: 12 }, () => assistant()));
    world.calls.length = 0;
    const looks = () => world.calls.filter(({ name }) => name === "DescribeServices");
    const ofOne = () => looks().filter(({ asked }) => asked.includes(`berth-${more[0]}`));
    // Between two looks at one, all others are looked at.
    await until(() => ofOne().length >= 3);
    expect(Math.max(...looks().map(({ asked }) => asked.length))).toBe(10);
    expect(new Set(ofOne().map(({ region }) => region))).toEqual(new Set(["eu-central-1"]));
    for (const deployment of more)
      await berth.installation.sql
        .updateTable("deployments")
        .set({ status: "purchased" })
        .where("id", "=", deployment)
        .execute();
  });

  it("becomes a failure when the assistant's tasks end again and again, also between two looks", async () => {
    await untilSeen(null);
    await write(id, "t9", `bad ${BOT_TOKEN}`, "last words");
    world.tasks = [
      ended(id, "t7"),
      ended(id, "t8"),
      { ...ended(id, "t9"), stoppedAt: new Date(Date.now() + 1) },
    ];
    serve(id, { events: [{ id: "event-2" }] });
    await until(async () => (await status())?.status === "failed");
    expect((await status())?.operation).toMatchObject({
      kind: "crash",
      state: "failed",
      error: {
        code: "CRASHED",
        message: expect.stringMatching(
          /exit code 1 of container assistant.*; 3 tasks.*bad \[REDACTED\]\nlast words$/s,
        ),
      },
    });
  });
});
