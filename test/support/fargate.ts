// ECS for the tests of backups: services that start and stop a made-up task, and tasks that are really run. Those of a
// transfer run their program on this machine, on a folder in the place of the access point's. The calls are real HTTP.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerDefinition, Task, TaskDefinition } from "@aws-sdk/client-ecs";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { resourceName } from "../../infra/args.ts";
import { assertDescribable, ecsPage } from "./ecs-pages.ts";

const TASKS = "arn:aws:ecs:eu-central-1:123456789012:task/berth/";
const DEFINITIONS = "arn:aws:ecs:eu-central-1:123456789012:task-definition/";
type MadeTask = Task & { family: string; program?: ChildProcess };
type Input = Record<string, string> & { readonly [name: string]: unknown };

export class Fargate {
  /** By name: how many tasks each is to run. */
  readonly services = new Map<string, { desiredCount: number; definition: string }>();
  readonly tasks: MadeTask[] = [];
  readonly definitions = new Map<string, TaskDefinition>();
  readonly calls: { readonly name: string; readonly text: string }[] = [];
  /** Names of services, in the order in which they were asked to run something or nothing. */
  readonly switched: string[] = [];
  /** Before a transfer's program begins. */
  startMs = 0;
  /** For so long a task stops, and one of a service starts. */
  pauseMs = 100;
  /** What has become of a task instead. */
  ending: Partial<Task> | undefined;
  /** Names of calls that are refused. */
  readonly refused = new Set<string>();
  readonly #root = mkdtempSync(join(tmpdir(), "berth-fargate-"));
  readonly #server: Server;
  #count = 0;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const name = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      const input = (await json(request)) as Input;
      this.calls.push({ name, text: JSON.stringify(input) });
      const headers = { "Content-Type": "application/x-amz-json-1.1" };
      await this.#answer(name, input).then(
        (answer) => response.writeHead(200, headers).end(JSON.stringify(answer)),
        (error: Error) =>
          response.writeHead(400, headers).end(JSON.stringify({ __type: "Refused", message: error.message })),
      );
    });
  }

  /** Starts it, and points the ECS clients of this process at it. @returns what points others at it */
  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    process.env.AWS_ENDPOINT_URL_ECS = url;
    return { AWS_ENDPOINT_URL_ECS: url };
  }

  async stop(): Promise<void> {
    delete process.env.AWS_ENDPOINT_URL_ECS;
    for (const { program } of this.tasks) program?.kill("SIGKILL");
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** A deployment's service, as its stack makes it. @returns the folder that holds its state */
  serve(deploymentId: string, desiredCount: 0 | 1): string {
    const name = resourceName(deploymentId);
    const accessPointId = `fsap-${deploymentId}`;
    const definition = this.#register({
      family: name,
      volumes: [
        {
          name: "state",
          efsVolumeConfiguration: { fileSystemId: "fs-1", authorizationConfig: { accessPointId } },
        },
      ],
    });
    this.services.set(name, { desiredCount: 0, definition });
    this.#switch(name, desiredCount);
    const folder = this.#folder(accessPointId);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /** A transfer's task that goes on, as a process leaves it that dies in the middle. */
  leaveTransfer(deploymentId: string): MadeTask {
    const family = `${resourceName(deploymentId)}-transfer`;
    this.#register({ family });
    return this.#task(family, { lastStatus: "RUNNING" });
  }

  isRunning(deploymentId: string): boolean {
    const group = `service:${resourceName(deploymentId)}`;
    return this.tasks.some((task) => task.group === group && task.lastStatus === "RUNNING");
  }

  #folder(accessPointId: string | undefined): string {
    return join(this.#root, String(accessPointId), ".openclaw");
  }

  async #answer(name: string, input: Input): Promise<object> {
    if (this.refused.has(name)) throw new Error(`refuses ${name}`);
    switch (name) {
      case "DescribeClusters":
        return { clusters: [{ status: "ACTIVE" }] };
      case "DescribeServices":
        return { services: (input.services as unknown as string[]).flatMap((one) => this.#describe(one)) };
      case "UpdateService":
        this.#switch(input.service ?? "", Number(input.desiredCount));
        return {};
      case "DeleteService":
        this.services.delete(input.service ?? "");
        return {};
      case "ListTasks": {
        const { serviceName, family, desiredStatus } = input;
        const listed = this.tasks.filter(
          (task) =>
            task.desiredStatus === desiredStatus &&
            (family ? task.family === family : task.group === `service:${serviceName}`),
        );
        return ecsPage(
          "taskArns",
          listed.map(({ taskArn }) => taskArn),
          input,
        );
      }
      case "DescribeTasks": {
        const asked = input.tasks as unknown as string[];
        assertDescribable(asked);
        const found = this.tasks.filter(({ taskArn = "" }) => asked.includes(taskArn));
        return { tasks: found.map(({ program: _, ...task }) => task) };
      }
      case "DescribeTaskDefinition":
        return { taskDefinition: this.definitions.get(input.taskDefinition ?? "") };
      case "RegisterTaskDefinition":
        return { taskDefinition: { taskDefinitionArn: this.#register(input) } };
      case "DeregisterTaskDefinition":
        this.definitions.delete(input.taskDefinition ?? "");
        return {};
      case "ListTaskDefinitions": {
        const all = [...this.definitions].filter(([, { family }]) => family === input.familyPrefix);
        return ecsPage(
          "taskDefinitionArns",
          all.map(([arn]) => arn),
          input,
        );
      }
      case "RunTask":
        return { tasks: [await this.#run(input.taskDefinition ?? "")] };
      case "StopTask":
        this.#end(input.task ?? "");
        return {};
      default:
        throw new Error(`ECS was not expected to be asked for ${name}.`);
    }
  }

  #describe(name: string): object[] {
    const service = this.services.get(name);
    if (!service) return [];
    const { desiredCount, definition: taskDefinition } = service;
    const running = this.tasks.filter((task) => task.group === `service:${name}`);
    return [
      {
        serviceArn: `service/${name}`,
        serviceName: name,
        status: "ACTIVE",
        desiredCount,
        runningCount: running.filter(({ lastStatus }) => lastStatus === "RUNNING").length,
        pendingCount: running.filter(({ lastStatus }) => lastStatus === "PENDING").length,
        taskDefinition,
        deployments: [{ status: "PRIMARY", taskDefinition, rolloutState: "COMPLETED" }],
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] } },
      },
    ];
  }

  #switch(name: string, desiredCount: number): void {
    const service = this.services.get(name);
    if (!service) throw new Error(`There is no service ${name}.`);
    service.desiredCount = desiredCount;
    this.switched.push(`${name} ${desiredCount}`);
    const group = `service:${name}`;
    if (desiredCount === 0) {
      for (const task of this.tasks.filter((one) => one.group === group && one.desiredStatus === "RUNNING")) {
        Object.assign(task, { desiredStatus: "STOPPED", stopCode: "ServiceSchedulerInitiated" });
        void sleep(this.pauseMs).then(() => Object.assign(task, { lastStatus: "STOPPED" }));
      }
      return;
    }
    const task = this.#task(name, { group, lastStatus: "PENDING", taskDefinitionArn: service.definition });
    void sleep(this.pauseMs).then(() => {
      if (task.desiredStatus === "RUNNING")
        Object.assign(task, { lastStatus: "RUNNING", healthStatus: "HEALTHY" });
    });
  }

  async #run(arn: string): Promise<Task> {
    const definition = this.definitions.get(arn);
    const [container] = definition?.containerDefinitions ?? [];
    if (!definition || !container) throw new Error(`There is no task definition ${arn}.`);
    const task = this.#task(definition.family ?? "", { lastStatus: "PENDING" });
    if (this.ending) Object.assign(task, { desiredStatus: "STOPPED", lastStatus: "STOPPED" }, this.ending);
    else void this.#play(task, definition, container).catch((error: Error) => failToStart(task, error));
    const { program: _, ...shown } = task;
    return { ...shown };
  }

  async #play(task: MadeTask, definition: TaskDefinition, container: ContainerDefinition): Promise<void> {
    const { accessPointId } = definition.volumes?.[0]?.efsVolumeConfiguration?.authorizationConfig ?? {};
    // Fargate reads the secrets when it starts a task.
    const env = Object.fromEntries(
      await Promise.all(
        (container.secrets ?? []).map(async ({ name, valueFrom = "" }) => [name, await reveal(valueFrom)]),
      ),
    );
    await sleep(this.startMs);
    if (task.desiredStatus === "STOPPED") return;
    task.lastStatus = "RUNNING";
    const [, ...program] = container.entryPoint ?? [];
    const args = [...program, this.#folder(accessPointId)];
    task.program = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: "ignore",
    });
    task.program.once("close", (exitCode) => {
      const ended = { desiredStatus: "STOPPED", lastStatus: "STOPPED", stopCode: "EssentialContainerExited" };
      Object.assign(task, ended, { containers: [{ name: container.name, exitCode }] });
    });
  }

  #end(arn: string): void {
    const task = this.tasks.find(({ taskArn }) => taskArn === arn);
    if (!task) return;
    task.program?.kill("SIGKILL");
    Object.assign(task, { desiredStatus: "STOPPED", stopCode: "UserInitiated" });
    void sleep(this.pauseMs).then(() => Object.assign(task, { lastStatus: "STOPPED" }));
  }

  #task(family: string, change: Partial<MadeTask>): MadeTask {
    const task = { taskArn: `${TASKS}${++this.#count}`, family, desiredStatus: "RUNNING", ...change };
    this.tasks.push(task);
    return task;
  }

  #register(definition: TaskDefinition): string {
    const arn = `${DEFINITIONS}${definition.family}:${++this.#count}`;
    this.definitions.set(arn, definition);
    return arn;
  }
}

/** As one whose secrets are gone before it has read them, unless it was ended before. */
function failToStart(task: MadeTask, { message }: Error): void {
  if (task.desiredStatus === "STOPPED") return;
  const stoppedReason = `ResourceInitializationError: unable to pull secrets: ${message}`;
  const status = { desiredStatus: "STOPPED", lastStatus: "STOPPED" };
  Object.assign(task, { ...status, stopCode: "TaskFailedToStart", stoppedReason });
}

/** The value that a reference `<arn>:::<version>` stands for. */
async function reveal(reference: string): Promise<string> {
  const parts = reference.split(":");
  const SecretId = parts.slice(0, 7).join(":");
  const asked = new GetSecretValueCommand({ SecretId, VersionId: parts.at(-1) });
  const { SecretString = "" } = await new SecretsManagerClient({ region: "eu-central-1" }).send(asked);
  return SecretString;
}
