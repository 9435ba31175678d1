// The comparison of what runs on ECS with what was asked for. ECS's answers are made up; the calls are real HTTP.
import { ECSServiceException, type Task } from "@aws-sdk/client-ecs";
import { afterEach, describe, expect, it } from "vitest";
import { remarkLine } from "../../../infra/assistant/remarks.mjs";
import { mayPass } from "../../../infra/aws/clients.ts";
import { readRemarks } from "../../../infra/aws/read-remarks.ts";
import { type Asked, settle } from "../../../infra/aws/settlement.ts";
import { eraseStateDirectory } from "../../../infra/aws/state-directory.ts";
import { stoppedReason } from "../../../infra/aws/stopped-reason.ts";
import { type FakeEcs, startFakeEcs, type World } from "../../support/fake-ecs.ts";
import { FOUNDATION } from "../../support/foundation.ts";

const WANTED = "arn:aws:ecs:eu-central-1:123456789012:task-definition/berth-1:2";
const OLD = "arn:aws:ecs:eu-central-1:123456789012:task-definition/berth-1:1";
const ASKED: Asked = {
  region: "eu-central-1",
  cluster: "berth",
  service: "berth-1",
  taskDefinition: WANTED,
  replicas: 1,
  // What comes to an end by them says so itself.
  timeoutSeconds: 120,
  pollMs: 10,
  staleMs: 120_000,
};
const PULL = "CannotPullContainerError: failed to resolve ref ghcr.io/x/y:1: ghcr.io/x/y:1: not found";

let fake: FakeEcs | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

const deployment = (rolloutState: "COMPLETED" | "FAILED" | "IN_PROGRESS", taskDefinition = WANTED) => [
  { id: "ecs-svc/1", status: "PRIMARY", taskDefinition, rolloutState, rolloutStateReason: "circuit breaker" },
];
const running = (change: Task = {}): Task => ({
  taskArn: "task/running",
  taskDefinitionArn: WANTED,
  desiredStatus: "RUNNING",
  lastStatus: "RUNNING",
  healthStatus: "HEALTHY",
  ...change,
});
const ended = (taskArn: string, change: Task = {}): Task => ({
  taskArn,
  taskDefinitionArn: WANTED,
  desiredStatus: "STOPPED",
  lastStatus: "STOPPED",
  stopCode: "EssentialContainerExited",
  stoppedReason: "Essential container in task exited",
  ...change,
});

async function ecsSays(...worlds: [World, ...World[]]): Promise<void> {
  fake = await startFakeEcs(...worlds);
}

async function failure(asked: Partial<Asked> = {}): Promise<string> {
  return settle({ ...ASKED, ...asked }).then(
    () => "it settled",
    (error: Error) => error.message,
  );
}

describe("asked for one task", () => {
  it("is done when the task asked for is healthy, and not before", async () => {
    await ecsSays(
      { deployments: deployment("IN_PROGRESS"), tasks: [] },
      { deployments: deployment("IN_PROGRESS"), tasks: [running()] },
      { deployments: deployment("COMPLETED"), tasks: [running({ healthStatus: "UNKNOWN" })] },
      { deployments: deployment("COMPLETED"), tasks: [running()] },
    );
    expect(await settle(ASKED)).toBe("task/running");
    expect(fake?.changes).toEqual([]);
  });

  it("is waited for while ECS is away", async () => {
    const away = { deployments: [], tasks: [], away: ["ServerException", 500] } as const;
    // More often than the SDK itself asks again.
    const many = Array.from({ length: 6 }, () => away);
    await ecsSays({ deployments: deployment("IN_PROGRESS"), tasks: [] }, ...many, {
      deployments: deployment("COMPLETED"),
      tasks: [running()],
    });
    expect(await settle(ASKED)).toBe("task/running");
  });

  it.each([
    ["ThrottlingException", "client", true],
    ["AccessDeniedException", "client", false],
    ["ServerException", "server", true],
  ] as const)("a refusal by the name of %s, %s's fault: waited for: %s", (name, $fault, isPassing) => {
    const error = new ECSServiceException({ name, $fault, $metadata: {}, message: "no" });
    expect(mayPass(error)).toBe(isPassing);
  });

  it("is not waited for where ECS refuses", async () => {
    await ecsSays(
      { deployments: deployment("IN_PROGRESS"), tasks: [] },
      { deployments: [], tasks: [], refusal: "no rights" },
    );
    expect(await failure()).toBe("no rights");
  });

  it("says at its deadline that ECS is away", async () => {
    const deployments = deployment("IN_PROGRESS");
    await ecsSays({ deployments, tasks: [] }, { deployments, tasks: [], away: ["ServerException", 500] });
    expect(await failure({ timeoutSeconds: 0.1 })).toBe(
      "The assistant did not become ready within 0.1 s; AWS does not answer: ServerException: not now.",
    );
  });

  it("what its settings' writer has remarked stands in the log of that task", async () => {
    const remark = { code: "SETTINGS_SET_ASIDE", message: "It is kept." };
    const logs = {
      "1/settings/running": ["by the way", remarkLine(remark)],
      "1/assistant/running": ["hello"],
    };
    await ecsSays({ deployments: [], tasks: [], logs });
    const asked = { region: ASKED.region, deploymentId: "1", logGroupName: "berth" };
    expect(await readRemarks(asked, "arn:aws:ecs:x:task/berth/running")).toEqual([remarkLine(remark)]);
  });

  it("is not taken for done while another definition's task still runs", async () => {
    await ecsSays({
      deployments: deployment("COMPLETED"),
      tasks: [running(), running({ taskArn: "task/0", taskDefinitionArn: OLD })],
    });
    expect(await failure({ timeoutSeconds: 2 })).toBe(
      "The assistant did not become ready within 2 s; its task is not healthy yet.",
    );
  });

  it("calls a completed rollback what it is", async () => {
    await ecsSays({
      deployments: deployment("COMPLETED", OLD),
      tasks: [running({ taskDefinitionArn: OLD })],
    });
    expect(await failure({ staleMs: 500 })).toContain(
      `runs ${OLD} where ${WANTED} was asked for: it was rolled back`,
    );
  });

  it("bears with ECS while it tells of what was before", async () => {
    await ecsSays(
      { deployments: [], tasks: [] },
      { deployments: deployment("COMPLETED", OLD), tasks: [running({ taskDefinitionArn: OLD })] },
      { deployments: deployment("COMPLETED"), tasks: [running()] },
    );
    await settle(ASKED);
  });

  it("fails at once when there is no such image", async () => {
    await ecsSays(
      { deployments: deployment("IN_PROGRESS"), tasks: [] },
      { deployments: deployment("IN_PROGRESS"), tasks: [ended("task/1", { stoppedReason: PULL })] },
    );
    expect(await failure()).toContain(`no such image, or no access to it: ${PULL}`);
  });

  it("fails at the second end that is the assistant's own, and forgives the first", async () => {
    const memory = { containers: [{ name: "assistant", exitCode: 137, reason: "OutOfMemoryError: killed" }] };
    await ecsSays(
      { deployments: deployment("IN_PROGRESS"), tasks: [] },
      { deployments: deployment("IN_PROGRESS"), tasks: [ended("task/1", memory)] },
      { deployments: deployment("IN_PROGRESS"), tasks: [ended("task/1", memory), ended("task/2", memory)] },
    );
    expect(await failure()).toMatch(/keeps ending \(2 tasks\): it ran out of memory/);
  });

  it("does not count what had ended before, nor another definition's tasks", async () => {
    const before = [ended("task/1"), ended("task/2")];
    const others = [ended("task/3", { taskDefinitionArn: OLD }), ended("task/4", { taskDefinitionArn: OLD })];
    await ecsSays(
      { deployments: deployment("IN_PROGRESS"), tasks: before },
      { deployments: deployment("IN_PROGRESS"), tasks: [...before, ...others] },
      { deployments: deployment("COMPLETED"), tasks: [...before, ...others, running()] },
    );
    await settle(ASKED);
  });

  it("fails when the circuit breaker trips, also if ECS calls that the end of the deployment", async () => {
    await ecsSays(
      { deployments: deployment("IN_PROGRESS"), tasks: [] },
      { deployments: deployment("FAILED"), tasks: [] },
    );
    expect(await failure()).toBe("ECS gave up: circuit breaker");
  });

  it("starts anew what ECS had given up before", async () => {
    await ecsSays(
      { deployments: deployment("FAILED"), tasks: [] },
      { deployments: deployment("COMPLETED"), tasks: [running()] },
    );
    await settle(ASKED);
    expect(fake?.changes).toEqual(["UpdateService"]);
  });

  it("fails when the service is away", async () => {
    await ecsSays({ deployments: [], tasks: [] });
    expect(await failure({ staleMs: 500 })).toBe("There is no service berth-1 that runs.");
  });
});

describe("asked for no task", () => {
  const none = { replicas: 0 } as const;

  it("is done when the last task has ended, and not when it is told to", async () => {
    await ecsSays(
      { deployments: deployment("COMPLETED"), tasks: [] },
      { deployments: deployment("COMPLETED"), tasks: [ended("task/1", { lastStatus: "DEACTIVATING" })] },
      { deployments: deployment("COMPLETED"), tasks: [ended("task/1")] },
    );
    await settle({ ...ASKED, ...none });
    await fake?.stop();
    await ecsSays({
      deployments: deployment("COMPLETED"),
      tasks: [ended("task/1", { lastStatus: "DEACTIVATING" })],
    });
    expect(await failure({ ...none, timeoutSeconds: 0.2 })).toMatch(/did not stop within 0.2 s/);
  });

  it("does not start anew what ECS has given up", async () => {
    await ecsSays({ deployments: deployment("FAILED"), tasks: [] });
    await settle({ ...ASKED, ...none });
    expect(fake?.changes).toEqual([]);
  });
});

describe("a deleted deployment's directory", () => {
  it("is not called removed when no task could be started for it", async () => {
    await ecsSays({ deployments: [], tasks: [] });
    const deploymentId = "01940000-0000-7000-8000-000000000001";
    await expect(eraseStateDirectory({ deploymentId, foundation: FOUNDATION })).rejects.toThrow(
      "The assistant's state directory was not removed: ECS started no task. Delete again to try again.",
    );
  });
});

describe("a stopped task's reason", () => {
  it.each<[string, Task, string | undefined, boolean]>([
    ["an image that is not there", { stoppedReason: PULL }, "no such image, or no access to it", true],
    [
      "an image that could not be pulled this time",
      { stoppedReason: "CannotPullContainerError: ref pull has been retried 5 time(s): i/o timeout" },
      "its image could not be pulled",
      false,
    ],
    [
      "a secret that may not be read",
      { stoppedReason: "ResourceInitializationError: unable to pull secrets or registry auth: AccessDenied" },
      "ECS could not read its secrets",
      true,
    ],
    [
      "a file system that can't be mounted",
      { stoppedReason: "ResourceInitializationError: failed to invoke EFS utils commands" },
      "ECS could not set its task up",
      false,
    ],
    [
      "no memory left",
      { containers: [{ name: "assistant", reason: "OutOfMemoryError: Container killed", exitCode: 137 }] },
      "it ran out of memory",
      false,
    ],
    [
      "a failed health check",
      { stoppedReason: "Task failed container health checks" },
      "it did not say that it was healthy",
      false,
    ],
    [
      "no room on Fargate",
      { stoppedReason: "Capacity is unavailable at this time. Please try again later" },
      "Fargate had no room for it",
      false,
    ],
    [
      "an end of its own",
      ended("task/1", { containers: [{ name: "assistant", exitCode: 78 }] }),
      "exit code 78 of container assistant",
      false,
    ],
    [
      "a stop on request",
      { stopCode: "ServiceSchedulerInitiated", stoppedReason: "Scaling activity" },
      undefined,
      false,
    ],
  ])("%s", (_, task, sentence, isFinal) => {
    const reason = stoppedReason(task);
    expect(reason?.sentence.startsWith(sentence ?? "?") ?? undefined).toBe(sentence && true);
    expect(reason?.isFinal ?? false).toBe(isFinal);
  });
});
