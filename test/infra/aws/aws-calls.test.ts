// Berth's own calls of AWS, against moto's server.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateSecurityGroupCommand, DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  DescribeAccessPointsCommand,
  EFSClient,
} from "@aws-sdk/client-efs";
import {
  DeleteSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertAwsAnswers, assertFoundation } from "../../../infra/aws/account.ts";
import type { Foundation } from "../../../infra/aws/args.ts";
import { LogStreams } from "../../../infra/aws/log-streams.ts";
import { openEcsLogs } from "../../../infra/aws/logs.ts";
import { readMetrics } from "../../../infra/aws/metrics.ts";
import { deleteSecret, putSecret } from "../../../infra/aws/secret.ts";
import { settle } from "../../../infra/aws/settlement.ts";
import { eraseStateDirectory } from "../../../infra/aws/state-directory.ts";
import { openTarget } from "../../../infra/targets.ts";
import { FOUNDATION, placeOn } from "../../support/foundation.ts";
import { type Moto, startMoto } from "../../support/moto.ts";
import { makeMotoFoundation } from "../../support/moto-foundation.ts";

const ID = "01940000-0000-7000-8000-000000000001";
const OTHER = "01940000-0000-7000-8000-000000000002";
const REGION = { region: "eu-central-1" };
const ecs = () => new ECSClient(REGION);

let moto: Moto;
let foundation: Foundation;
let subnetId: string;

beforeAll(async () => {
  moto = await startMoto();
  foundation = await makeMotoFoundation();
  [subnetId = ""] = foundation.subnetIds;
});
afterAll(() => moto?.stop());

async function registerTask(family: string): Promise<string> {
  const { taskDefinition } = await ecs().send(
    new RegisterTaskDefinitionCommand({
      family,
      cpu: "256",
      memory: "512",
      requiresCompatibilities: ["FARGATE"],
      containerDefinitions: [
        { name: family === "berth-eraser" ? "eraser" : "assistant", image: "x", memory: 512 },
      ],
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? "";
}

describe("an account, against moto", () => {
  it("is told by its credentials", async () => {
    expect(await assertAwsAnswers("eu-central-1")).toBe("123456789012");
  });

  it("is refused when it is not the foundation's", async () => {
    await expect(assertAwsAnswers("eu-central-1", "999999999999")).rejects.toThrow(
      "AWS access refused: the credentials belong to account 123456789012, the foundation to 999999999999.",
    );
  });

  it("is refused without credentials, with what to do", async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    process.env.AWS_EC2_METADATA_DISABLED = "true";
    try {
      const refused = assertAwsAnswers("eu-central-1");
      await expect(refused).rejects.toThrow(
        /no credentials were found\. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID/,
      );
    } finally {
      Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
      delete process.env.AWS_EC2_METADATA_DISABLED;
    }
  });

  it("that does not answer is not waited for longer than asked", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { AWS_ENDPOINT_URL } = process.env;
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    try {
      const target = await openTarget(placeOn(foundation));
      await expect(target.assertAnswers(300)).rejects.toThrow("AWS is not reachable: no answer in time");
    } finally {
      Object.assign(process.env, { AWS_ENDPOINT_URL });
      silent.closeAllConnections();
      silent.close();
    }
  });

  it("has what the foundation names, or the start says what it has not", async () => {
    await assertFoundation(foundation);
    const unknown = { ...foundation, subnetIds: [subnetId, "subnet-unknown"] };
    await expect(assertFoundation(unknown)).rejects.toThrow(/has no subnet subnet-unknown\. Correct the ids/);
    const gone = { ...foundation, clusterArn: "arn:aws:ecs:eu-central-1:123456789012:cluster/gone" };
    await expect(assertFoundation(gone)).rejects.toThrow(
      /no ECS cluster .*gone.* Run: npm run berth -- aws up/,
    );
  });
});

describe("an assistant's secret, against moto", () => {
  const secrets = () => new SecretsManagerClient(REGION);
  const current = async () =>
    secrets()
      .send(new GetSecretValueCommand({ SecretId: `berth/${ID}`, VersionStage: "AWSCURRENT" }))
      .then(({ SecretString = "", VersionId }) => ({ values: JSON.parse(SecretString), version: VersionId }));
  const [first, second] = ["a".repeat(32), "b".repeat(32)];

  it("is kept under the deployment's name, and its reference holds no value", async () => {
    const reference = await putSecret(foundation, ID, { TELEGRAM_BOT_TOKEN: "canary-1" }, first);
    expect(reference.arn).toContain(`:secret:berth/${ID}-`);
    expect(reference).toMatchObject({ version: first, names: ["TELEGRAM_BOT_TOKEN"] });
    expect(JSON.stringify(reference)).not.toContain("canary-1");
    expect(await current()).toEqual({ values: { TELEGRAM_BOT_TOKEN: "canary-1" }, version: first });
  });

  it("changes to what was asked for last, back to what it was before too", async () => {
    await putSecret(foundation, ID, { TELEGRAM_BOT_TOKEN: "canary-1" }, first);
    await putSecret(foundation, ID, { TELEGRAM_BOT_TOKEN: "canary-2" }, second);
    expect(await current()).toEqual({ values: { TELEGRAM_BOT_TOKEN: "canary-2" }, version: second });
    const back = await putSecret(foundation, ID, { TELEGRAM_BOT_TOKEN: "canary-1" }, first);
    expect(await current()).toEqual({ values: { TELEGRAM_BOT_TOKEN: "canary-1" }, version: first });
    expect(back.version).toBe(first);
  });

  it("that somebody has deleted by hand, with AWS's days of grace, is brought back", async () => {
    await putSecret(foundation, ID, { TELEGRAM_BOT_TOKEN: "canary-1" }, first);
    await secrets().send(new DeleteSecretCommand({ SecretId: `berth/${ID}`, RecoveryWindowInDays: 7 }));
    for (const version of [second, second]) {
      await putSecret(foundation, ID, { TELEGRAM_BOT_TOKEN: "canary-2" }, version);
      expect(await current()).toEqual({ values: { TELEGRAM_BOT_TOKEN: "canary-2" }, version });
    }
    await secrets().send(new DeleteSecretCommand({ SecretId: `berth/${ID}`, RecoveryWindowInDays: 7 }));
    await deleteSecret(foundation, ID);
    await expect(current()).rejects.toThrow(/can't find the specified secret/);
    await putSecret(foundation, ID, { TELEGRAM_BOT_TOKEN: "canary-1" }, first);
  });

  it("is gone at once when it is deleted, and deleting it again is fine", async () => {
    await deleteSecret(foundation, ID);
    await expect(current()).rejects.toThrow(/can't find the specified secret/);
    await deleteSecret(foundation, ID);
    await putSecret(foundation, ID, { TELEGRAM_BOT_TOKEN: "canary-3" }, first);
    expect((await current()).values).toEqual({ TELEGRAM_BOT_TOKEN: "canary-3" });
  });
});

describe("a service, against moto", () => {
  it("is not called settled when its task ended, and says why", async () => {
    const taskDefinition = await registerTask(`berth-${ID}`);
    const cluster = foundation.clusterArn;
    const service = `berth-${ID}`;
    const made = { cluster, serviceName: service, taskDefinition, desiredCount: 1 };
    await ecs().send(new CreateServiceCommand({ ...made, launchType: "FARGATE" }));
    const asked = { region: "eu-central-1", cluster, service, taskDefinition, timeoutSeconds: 120 };
    const settled = settle({ ...asked, replicas: 1, pollMs: 50 }).then(
      () => "it settled",
      (error: Error) => error.message,
    );
    const networkConfiguration = { awsvpcConfiguration: { subnets: [subnetId], securityGroups: ["sg-1"] } };
    const task = { cluster, taskDefinition, launchType: "FARGATE", networkConfiguration } as const;
    const reason = "CannotPullContainerError: pull image manifest: ghcr.io/x/y:1: not found";
    let outcome: string | undefined;
    // One that ended before it looked for the first time doesn't count: the next one does.
    while (!outcome) {
      const { tasks } = await ecs().send(new RunTaskCommand(task));
      await ecs().send(new StopTaskCommand({ cluster, task: tasks?.[0]?.taskArn, reason }));
      outcome = await Promise.race([settled, sleep(500, undefined)]);
    }
    expect(outcome).toContain(`no such image, or no access to it: ${reason}`);
  });

  it("is not called settled when it runs another definition than the one asked for", async () => {
    const newer = await registerTask(`berth-${ID}`);
    const asked = { region: "eu-central-1", cluster: foundation.clusterArn, service: `berth-${ID}` };
    const settled = settle({
      ...asked,
      taskDefinition: newer,
      replicas: 1,
      timeoutSeconds: 120,
      pollMs: 50,
      staleMs: 300,
    });
    await expect(settled).rejects.toThrow(/was asked for: it was rolled back, or changed by hand/);
  });
});

describe("a deleted deployment's directory, against moto", () => {
  it("is removed by a task of the foundation, whose end is looked at", async () => {
    await registerTask("berth-eraser");
    // moto's tasks end by themselves, and well.
    await eraseStateDirectory({ deploymentId: ID, foundation }, 50);
    const cluster = foundation.clusterArn;
    const listed = await ecs().send(new ListTasksCommand({ cluster, startedBy: "berth-eraser" }));
    const { tasks } = await ecs().send(new DescribeTasksCommand({ cluster, tasks: listed.taskArns }));
    expect(tasks?.map(({ overrides }) => overrides?.containerOverrides)).toEqual([
      [{ name: "eraser", command: ["rm", "-rf", `/state/${ID}`] }],
    ]);
  });

  it("is not taken for removed by anything but a deployment's id", async () => {
    for (const deploymentId of ["..", "", `${ID}/../${OTHER}`, "*"]) {
      await expect(eraseStateDirectory({ deploymentId, foundation })).rejects.toThrow("is not the id");
    }
  });
});

describe("what a cut-off operation has left, against moto", () => {
  const efs = () => new EFSClient(REGION);
  let whole: Foundation;
  let own: string;

  beforeAll(async () => {
    const { FileSystemId = "" } = await efs().send(new CreateFileSystemCommand({ CreationToken: "berth" }));
    whole = { ...foundation, fileSystemId: FileSystemId };
    const accessPoint = (deployment: string, ClientToken: string) =>
      efs().send(
        new CreateAccessPointCommand({
          FileSystemId,
          ClientToken,
          Tags: [{ Key: "berth:deployment", Value: deployment }],
        }),
      );
    own = (await accessPoint(ID, "known")).AccessPointId ?? "";
    await accessPoint(ID, "stray");
    await accessPoint(OTHER, "other");
    for (const id of [ID, OTHER]) {
      const GroupName = `berth-${id}`;
      const group = { GroupName, Description: "x", VpcId: whole.vpcId };
      await new EC2Client(REGION).send(new CreateSecurityGroupCommand(group));
    }
  });

  async function left(): Promise<unknown[]> {
    const FileSystemId = whole.fileSystemId;
    const { AccessPoints = [] } = await efs().send(new DescribeAccessPointsCommand({ FileSystemId }));
    const Filters = [{ Name: "group-name", Values: ["berth-*"] }];
    const described = new DescribeSecurityGroupsCommand({ Filters });
    const { SecurityGroups = [] } = await new EC2Client(REGION).send(described);
    const services = await ecs().send(
      new DescribeServicesCommand({ cluster: whole.clusterArn, services: [`berth-${ID}`] }),
    );
    return [
      AccessPoints.map(({ ClientToken }) => ClientToken).toSorted(),
      SecurityGroups.map(({ GroupName }) => GroupName),
      services.services?.map(({ status }) => status),
    ];
  }

  it("is removed but for what the stack's state knows, and nothing of another deployment", async () => {
    expect(await left()).toEqual([
      ["known", "other", "stray"],
      [`berth-${ID}`, `berth-${OTHER}`],
      ["ACTIVE"],
    ]);
    const engine = await openTarget(placeOn(whole));
    await engine.removeStrays(ID, new Set([own]));
    expect(await left()).toEqual([["known", "other"], [`berth-${OTHER}`], ["INACTIVE"]]);
  });

  it("goes with its secret and its data when the deployment is deleted, twice too", async () => {
    await putSecret(whole, ID, { TELEGRAM_BOT_TOKEN: "canary" }, "c".repeat(32));
    const erased = async () => {
      const asked = { cluster: whole.clusterArn, startedBy: "berth-eraser" };
      return (await ecs().send(new ListTasksCommand(asked))).taskArns?.length ?? 0;
    };
    const before = await erased();
    const engine = await openTarget(placeOn(whole));
    await engine.removeAll(ID);
    await engine.removeAll(ID);
    // The directory first: without its access point nothing would say that it is there.
    expect((await left()).slice(0, 2)).toEqual([["other"], [`berth-${OTHER}`]]);
    expect(await erased()).toBe(before + 1);
    const read = new GetSecretValueCommand({ SecretId: `berth/${ID}` });
    await expect(new SecretsManagerClient(REGION).send(read)).rejects.toThrow(/can't find/);
  });
});

describe("logs, against moto", () => {
  const logs = new CloudWatchLogsClient(REGION);
  const { logGroupName } = FOUNDATION;
  const startedAt = Date.now() - 600_000;
  const never = new AbortController().signal;
  const streams = () => new LogStreams(foundation);

  async function write(logStreamName: string, from: number, ...texts: string[]): Promise<void> {
    const logEvents = texts.map((message, index) => ({ message, timestamp: from + index * 1000 }));
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }

  async function begin(logStreamName: string, from: number, ...texts: string[]): Promise<void> {
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    await write(logStreamName, from, ...texts);
  }

  async function read(wanted: { tail: number; since?: Date }): Promise<string[] | undefined> {
    const opened = await openEcsLogs(streams(), ID, { follow: false, ...wanted }, never);
    const lines: string[] = [];
    for await (const line of opened ?? []) lines.push(line.text);
    return opened && lines;
  }

  beforeAll(async () => {
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await begin(`${OTHER}/assistant/task-0`, startedAt, "another customer's");
  });

  it("are none before a task of the assistant has written", async () => {
    expect(await read({ tail: 10 })).toBeUndefined();
  });

  it("are the last lines of the assistant itself, over its tasks, oldest first", async () => {
    await begin(`${ID}/settings/task-z`, startedAt, "settings");
    // Tasks have random names: the order is that in which they came.
    await begin(`${ID}/assistant/task-z`, startedAt, "one", "two", "three");
    await begin(`${ID}/assistant/task-a`, startedAt + 60_000, "four", "fi\u0007ve");
    expect(await read({ tail: 1 })).toEqual(["five"]);
    expect(await read({ tail: 3 })).toEqual(["three", "four", "five"]);
    expect(await read({ tail: 100 })).toEqual(["one", "two", "three", "four", "five"]);
    expect(await read({ tail: 0 })).toEqual([]);
  });

  it("begin at the time asked for", async () => {
    expect(await read({ tail: 100, since: new Date(startedAt + 1500) })).toEqual(["three", "four", "five"]);
    expect(await read({ tail: 1, since: new Date(startedAt + 1500) })).toEqual(["five"]);
    expect(await read({ tail: 100, since: new Date(startedAt + 120_000) })).toEqual([]);
  });

  it("are followed from where the last lines ended, into the next task, until the reader leaves", async () => {
    const leaving = new AbortController();
    const wanted = { tail: 1, follow: true };
    const opened = await openEcsLogs(streams(), ID, wanted, leaving.signal, 20);
    const lines = opened?.[Symbol.asyncIterator]();
    const next = async () => (await lines?.next())?.value?.text;
    expect(await next()).toBe("five");
    await write(`${ID}/assistant/task-a`, startedAt + 70_000, "six", "seven");
    expect([await next(), await next()]).toEqual(["six", "seven"]);
    await begin(`${ID}/assistant/task-m`, startedAt + 120_000, "eight");
    expect(await next()).toBe("eight");
    const waiting = next();
    leaving.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
  });
});

describe("metrics, against moto", () => {
  it("are the service's CPU and memory, joined by time", async () => {
    const minute = 60_000;
    const until = new Date(Math.ceil(Date.now() / minute) * minute);
    const at = new Date(until.getTime() - 2 * minute);
    const put = (service: string, MetricName: string, Value: number) =>
      new CloudWatchClient(REGION).send(
        new PutMetricDataCommand({
          Namespace: "AWS/ECS",
          MetricData: [
            {
              MetricName,
              Value,
              Timestamp: at,
              Dimensions: [
                { Name: "ClusterName", Value: "berth" },
                { Name: "ServiceName", Value: service },
              ],
            },
          ],
        }),
      );
    await put(`berth-${ID}`, "CPUUtilization", 12.5);
    await put(`berth-${ID}`, "MemoryUtilization", 33);
    await put(`berth-${OTHER}`, "CPUUtilization", 99);
    const since = new Date(until.getTime() - 10 * minute);
    const usage = await readMetrics(foundation, ID, { since, until, periodSeconds: 60 });
    expect(usage).toEqual([{ at, cpuPercent: 12.5, memoryPercent: 33 }]);
    const later = { since: new Date(until.getTime() - minute), until, periodSeconds: 60 };
    expect(await readMetrics(foundation, ID, later)).toEqual([]);
  });
});
