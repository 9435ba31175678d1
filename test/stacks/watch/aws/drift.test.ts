// What was asked for against what ECS was seen to have, without AWS.
import { describe, expect, it } from "vitest";
import type { ObservedService, TaskEnd } from "../../../../infra/aws/observe.ts";
import { serviceDifference } from "../../../../stacks/watch/aws/drift.ts";

const TASK = "arn:aws:ecs:eu-central-1:123456789012:task-definition/berth-1:7";
const OUTPUTS = {
  containerId: "arn:aws:ecs:eu-central-1:123456789012:service/berth/berth-1",
  endpoint: null,
  image: "i",
  network: "sg-1",
  volume: "arn:aws:elasticfilesystem:eu-central-1:123456789012:access-point/fsap-1",
  taskDefinition: TASK,
};
const ACTIVE = { status: "active", outputs: { ...OUTPUTS, status: "active", replicas: 1 } } as const;
const STOPPED = {
  status: "stopped",
  outputs: { ...OUTPUTS, status: "stopped", replicas: 0, containerId: null },
} as const;
const END: TaskEnd = { taskId: "a", at: new Date(0), sentence: "exit code 1 of container assistant" };

function service(change: Partial<ObservedService> = {}): ObservedService {
  return {
    desiredCount: 1,
    runningCount: 1,
    pendingCount: 0,
    taskDefinition: TASK,
    securityGroups: ["sg-1"],
    latestEvent: undefined,
    ...change,
  };
}
const quiet = service({ desiredCount: 0, runningCount: 0 });

describe("an active deployment on AWS", () => {
  it("is as asked for with one task of the definition that was asked for", () => {
    expect(serviceDifference(ACTIVE, service())).toBeUndefined();
  });

  it.each([
    ["no service", undefined, "missing", "does not have its service"],
    ["no task and none to come", service({ runningCount: 0 }), "ended", "No task of it runs."],
    ["a service that was asked to stop", quiet, "ended", "asked to run no task"],
    ["a task that is being started", service({ runningCount: 0, pendingCount: 1 }), "restarting", "started"],
    ["two tasks", service({ runningCount: 2 }), "unexpected", "runs 2 tasks"],
    ["another definition", service({ taskDefinition: `${TASK}8` }), "changed", `where ${TASK} was asked for`],
    ["another count", service({ desiredCount: 3 }), "changed", "asked to run 3 tasks"],
    ["no task left to want", service({ desiredCount: 0 }), "changed", "asked to run 0 tasks"],
    ["another security group", service({ securityGroups: ["sg-1", "sg-2"] }), "changed", "sg-1, sg-2"],
  ] as const)("differs with %s", (_name, observed, state, words) => {
    expect(serviceDifference(ACTIVE, observed)).toEqual({ state, detail: expect.stringContaining(words) });
  });

  it("tells how its last task has ended", () => {
    const ended = serviceDifference(ACTIVE, service({ runningCount: 0 }), END);
    expect(ended?.detail).toBe(
      "No task of it runs. The last one has ended: exit code 1 of container assistant",
    );
  });

  it("is believed to run the right definition where the record is older than that knowledge", () => {
    const { taskDefinition: _, ...outputs } = ACTIVE.outputs;
    expect(serviceDifference({ ...ACTIVE, outputs }, service({ taskDefinition: "x" }))).toBeUndefined();
  });

  it("is not judged by ECS while its record says something else", () => {
    expect(serviceDifference({ ...ACTIVE, outputs: STOPPED.outputs }, undefined)).toBeUndefined();
    expect(serviceDifference({ status: "active", outputs: null }, undefined)).toBeUndefined();
  });
});

describe("a stopped deployment on AWS", () => {
  it("is as asked for with a service that runs nothing", () => {
    expect(serviceDifference(STOPPED, quiet)).toBeUndefined();
  });

  it.each([
    ["no service", undefined, "missing"],
    ["a task", service(), "unexpected"],
    ["a task to come", service({ runningCount: 0, pendingCount: 1 }), "unexpected"],
    ["a task that is wanted", service({ runningCount: 0 }), "unexpected"],
  ] as const)("differs with %s", (_name, observed, state) => {
    expect(serviceDifference(STOPPED, observed)?.state).toBe(state);
  });
});
