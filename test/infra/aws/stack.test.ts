// The stack of a deployment on AWS, with Pulumi's mocks: what is declared. That AWS makes it so was not tested here.
import { describe, expect, it } from "vitest";
import type { SecretsReference } from "../../../infra/aws/args.ts";
import { program } from "../../../infra/program.ts";
import { FOUNDATION } from "../../support/foundation.ts";
import { type Run, runWithMocks } from "../../support/pulumi-mocks.ts";

const ONE = "01940000-0000-7000-8000-000000000001";
const TWO = "01940000-0000-7000-8000-000000000002";
const SECRETS: SecretsReference = {
  arn: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:berth/${ONE}-AbCdEf`,
  version: "0123456789abcdef0123456789abcdef",
  names: ["TELEGRAM_BOT_TOKEN", "ANTHROPIC_API_KEY", "OPENCLAW_GATEWAY_TOKEN"],
};

function up(replicas: 0 | 1, stack = ONE, change: Record<string, string> = {}): Promise<Run> {
  const config = {
    target: "aws",
    replicas: String(replicas),
    image: "ghcr.io/openclaw/openclaw:2026.9.6",
    settings: JSON.stringify({ gateway: { mode: "local" } }),
    foundation: JSON.stringify(FOUNDATION),
    secrets: JSON.stringify(SECRETS),
    operation: "operation-1",
    memoryMib: "2048",
    cpus: "1",
    startupTimeoutSeconds: "300",
    ...change,
  };
  return runWithMocks(program, { project: "berth", stack, config });
}

const SERVICE = "aws:ecs/service:Service";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const ACCESS_POINT = "aws:efs/accessPoint:AccessPoint";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const COMMAND = "command:local:Command";

function containers(run: Run) {
  const [settings, assistant, ...others] = JSON.parse(run.only(TASK).inputs.containerDefinitions);
  expect(others).toEqual([]);
  return { settings, assistant };
}

describe("a deployment's stack on AWS, with Pulumi's mocks", () => {
  it("is exactly these resources, running or stopped", async () => {
    for (const replicas of [0, 1] as const) {
      const { resources } = await up(replicas);
      expect(resources.map(({ type, name }) => `${type} ${name}`).toSorted()).toEqual([
        `${GROUP} network`,
        `${SERVICE} service`,
        `${TASK} assistant`,
        `${ACCESS_POINT} state`,
        `${COMMAND} eraser`,
        `${COMMAND} readiness`,
        "pulumi:providers:aws aws",
      ]);
    }
  });

  it("stops in place: nothing but the number of tasks, and the look at it, differs", async () => {
    const [active, stopped] = [await up(1), await up(0)];
    const changed = active.resources.filter((before) => {
      const after = stopped.resources.find(({ name }) => name === before.name);
      return JSON.stringify(after) !== JSON.stringify(before);
    });
    expect(changed.map(({ name }) => name).toSorted()).toEqual(["readiness", "service"]);
    const { desiredCount: one, ...activeService } = active.only(SERVICE).inputs;
    const { desiredCount: none, ...stoppedService } = stopped.only(SERVICE).inputs;
    expect([one, none]).toEqual([1, 0]);
    expect(stoppedService).toEqual(activeService);
  });

  it("reports the same outputs as on Docker, no endpoint, and what the service was asked to run", async () => {
    const active = await up(1);
    expect(active.outputs).toEqual({
      status: "active",
      replicas: 1,
      containerId: `service-of-${ONE}`,
      endpoint: null,
      image: "ghcr.io/openclaw/openclaw:2026.9.6",
      network: `network-of-${ONE}`,
      volume: `arn:aws:mock:eu-central-1:123456789012:state-of-${ONE}`,
      taskDefinition: `arn:aws:mock:eu-central-1:123456789012:assistant-of-${ONE}`,
    });
    const { outputs } = await up(0);
    expect(outputs).toMatchObject({ status: "stopped", replicas: 0, containerId: null, endpoint: null });
  });

  it("runs in the foundation's region and account alone", async () => {
    const { inputs } = (await up(1)).only("pulumi:providers:aws");
    expect(inputs).toMatchObject({ region: "eu-central-1", allowedAccountIds: '["123456789012"]' });
  });

  it("names and tags every resource by the deployment", async () => {
    const run = await up(1);
    for (const type of [SERVICE, TASK, ACCESS_POINT, GROUP]) {
      expect(run.only(type).inputs.tags).toEqual({ "berth:deployment": ONE });
    }
    expect(run.only(SERVICE).inputs).toMatchObject({ name: `berth-${ONE}`, propagateTags: "SERVICE" });
    expect(run.only(TASK).inputs.family).toBe(`berth-${ONE}`);
    expect(run.only(GROUP).inputs.name).toBe(`berth-${ONE}`);
  });
});

describe("the service, with Pulumi's mocks", () => {
  it("never has two tasks at once", async () => {
    const { inputs } = (await up(1)).only(SERVICE);
    expect(inputs).toMatchObject({
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      availabilityZoneRebalancing: "DISABLED",
      schedulingStrategy: "REPLICA",
    });
  });

  it("runs on Fargate in the private subnets, without a public address or a shell", async () => {
    const { inputs } = (await up(1)).only(SERVICE);
    expect(inputs).toMatchObject({
      cluster: FOUNDATION.clusterArn,
      launchType: "FARGATE",
      platformVersion: "1.4.0",
      enableExecuteCommand: false,
      networkConfiguration: {
        assignPublicIp: false,
        subnets: FOUNDATION.subnetIds,
        securityGroups: [`network-of-${ONE}`],
      },
    });
    expect(inputs.loadBalancers).toBeUndefined();
  });

  it("gives up what fails again and again, and brings nothing else back", async () => {
    const { inputs } = (await up(1)).only(SERVICE);
    expect(inputs).toMatchObject({
      deploymentCircuitBreaker: { enable: true, rollback: false },
      waitForSteadyState: false,
      forceDelete: true,
    });
  });

  it("is compared with what was asked for, at every operation", async () => {
    const first = (await up(1)).only(COMMAND, "readiness");
    expect(first.inputs.create).toBe('exec node "$BERTH_HOME/infra/aws/commands/settled.ts"');
    expect(JSON.parse(first.inputs.stdin)).toEqual({
      region: "eu-central-1",
      cluster: FOUNDATION.clusterArn,
      service: `berth-${ONE}`,
      taskDefinition: `arn:aws:mock:eu-central-1:123456789012:assistant-of-${ONE}`,
      replicas: 1,
      timeoutSeconds: 300,
      deploymentId: ONE,
      logGroupName: FOUNDATION.logGroupName,
    });
    const again = (await up(1)).only(COMMAND, "readiness");
    const next = (await up(1, ONE, { operation: "operation-2" })).only(COMMAND, "readiness");
    expect(again.inputs.triggers).toEqual(first.inputs.triggers);
    expect(next.inputs.triggers).not.toEqual(first.inputs.triggers);
    expect(first.dependsOn).toEqual(expect.arrayContaining(["service", "assistant"]));
  });

  it("is removed before the state's directory, and that before the access point", async () => {
    const run = await up(1);
    const eraser = run.only(COMMAND, "eraser");
    expect(run.only(SERVICE).dependsOn).toContain("eraser");
    expect(eraser.dependsOn).toContain("state");
    expect(eraser.inputs.create).toBeUndefined();
    expect(eraser.inputs.delete).toBe('exec node "$BERTH_HOME/infra/aws/commands/erase.ts"');
    expect(JSON.parse(eraser.inputs.stdin)).toEqual({ deploymentId: ONE, foundation: FOUNDATION });
    const transfer = { bucket: "berth-transfer", image: "node:24" };
    const withBackups = await up(1, ONE, { foundation: JSON.stringify({ ...FOUNDATION, transfer }) });
    expect(withBackups.resources, "a bucket that is added changes nothing").toEqual(run.resources);
  });
});

describe("the task, with Pulumi's mocks", () => {
  it("has a size of Fargate and no role", async () => {
    const { inputs } = (await up(1)).only(TASK);
    expect(inputs).toMatchObject({
      cpu: "1024",
      memory: "2048",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      executionRoleArn: FOUNDATION.executionRoleArn,
    });
    expect(inputs.taskRoleArn).toBeUndefined();
  });

  it("takes its secrets by reference, pinned to a version, and no value", async () => {
    const { assistant, settings } = containers(await up(1));
    expect(assistant.secrets).toEqual(
      ["ANTHROPIC_API_KEY", "OPENCLAW_GATEWAY_TOKEN", "TELEGRAM_BOT_TOKEN"].map((name) => ({
        name,
        valueFrom: `${SECRETS.arn}:${name}::${SECRETS.version}`,
      })),
    );
    expect(settings.secrets).toEqual([]);
    const names = assistant.environment.map(({ name }: { name: string }) => name);
    expect(names.filter((name: string) => /TOKEN|KEY|SECRET/.test(name))).toEqual([]);
  });

  it("is another one when a secret changes, and when the settings do", async () => {
    const before = (await up(1)).only(TASK).inputs.containerDefinitions;
    const secrets = JSON.stringify({ ...SECRETS, version: "f".repeat(32) });
    expect((await up(1, ONE, { secrets })).only(TASK).inputs.containerDefinitions).not.toBe(before);
    const settings = JSON.stringify({ gateway: { mode: "remote" } });
    expect((await up(1, ONE, { settings })).only(TASK).inputs.containerDefinitions).not.toBe(before);
    const refused = containers(await up(1, ONE, { settingsRefused: "operation-1" }));
    expect(refused.settings.command).toEqual([...containers(await up(1)).settings.command, "operation-1"]);
  });

  it("is the same text each time, whatever order the secret's names come in", async () => {
    const before = (await up(1)).only(TASK).inputs.containerDefinitions;
    const secrets = JSON.stringify({ ...SECRETS, names: [...SECRETS.names].reverse() });
    expect((await up(1)).only(TASK).inputs.containerDefinitions).toBe(before);
    expect((await up(1, ONE, { secrets })).only(TASK).inputs.containerDefinitions).toBe(before);
    expect(before).not.toMatch(/[:,[]null[,}\]]/);
  });

  it("is made without secrets for a slot that is paid and not yet activated", async () => {
    const run = await up(0, ONE, { secrets: "null" });
    expect(containers(run).assistant.secrets).toEqual([]);
  });

  it("is hardened: no root, no writable root, no capability", async () => {
    const { assistant, settings } = containers(await up(1));
    for (const container of [assistant, settings]) {
      expect(container).toMatchObject({
        user: "1000:1000",
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { drop: ["ALL"], add: [] }, initProcessEnabled: true },
        portMappings: [],
      });
      expect(container.privileged).toBeUndefined();
    }
    const writable = assistant.linuxParameters.tmpfs.map(
      ({ containerPath }: { containerPath: string }) => containerPath,
    );
    expect(writable).toEqual(["/home/node/.cache", "/tmp"]);
    expect(assistant.stopTimeout).toBe(35);
  });

  it("is healthy only when the assistant says that it has started", async () => {
    const { assistant } = containers(await up(1));
    const [how, program, , script] = assistant.healthCheck.command;
    expect([how, program]).toEqual(["CMD", "node"]);
    expect(script).toContain("/startupz");
    expect(assistant.healthCheck).toMatchObject({ interval: 10, timeout: 5, retries: 3, startPeriod: 300 });
    expect(assistant.dependsOn).toEqual([{ condition: "SUCCESS", containerName: "settings" }]);
  });

  it("logs into a stream of the deployment's own", async () => {
    const { assistant } = containers(await up(1));
    expect(assistant.logConfiguration).toEqual({
      logDriver: "awslogs",
      options: {
        "awslogs-group": "/berth/assistants",
        "awslogs-region": "eu-central-1",
        "awslogs-stream-prefix": ONE,
      },
      secretOptions: [],
    });
  });

  it("keeps its state behind the access point, encrypted on the way", async () => {
    const run = await up(1);
    expect(run.only(TASK).inputs.volumes).toEqual([
      {
        name: "state",
        configureAtLaunch: false,
        efsVolumeConfiguration: {
          fileSystemId: "fs-1",
          rootDirectory: "/",
          transitEncryption: "ENABLED",
          authorizationConfig: { accessPointId: `state-of-${ONE}`, iam: "DISABLED" },
        },
      },
    ]);
    expect(containers(run).assistant.mountPoints).toEqual([
      { containerPath: "/home/node/.openclaw", readOnly: false, sourceVolume: "state" },
    ]);
  });
});

describe("two deployments, with Pulumi's mocks", () => {
  it("share nothing but the foundation", async () => {
    const [one, two] = [await up(1, ONE), await up(1, TWO, { secrets: "null" })];
    expect(JSON.stringify(one.resources)).not.toContain(TWO);
    expect(JSON.stringify(two.resources)).not.toContain(ONE);
    const directory = (run: Run) => run.only(ACCESS_POINT).inputs.rootDirectory.path;
    expect([directory(one), directory(two)]).toEqual([`/berth/${ONE}`, `/berth/${TWO}`]);
    expect(one.only(ACCESS_POINT).inputs).toMatchObject({
      posixUser: { uid: 1000, gid: 1000 },
      rootDirectory: { creationInfo: { ownerUid: 1000, ownerGid: 1000, permissions: "0700" } },
    });
  });

  it("can't reach each other: nothing comes in, and only HTTPS and the state's files go out", async () => {
    const { inputs } = (await up(1)).only(GROUP);
    expect(inputs.vpcId).toBe("vpc-1");
    expect(inputs.ingress).toEqual([]);
    const egress = inputs.egress.map(({ description: _, ...rule }: { description: string }) => rule);
    expect(egress).toEqual([
      { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] },
      { protocol: "tcp", fromPort: 2049, toPort: 2049, securityGroups: ["sg-files"] },
    ]);
  });
});
