// What the cluster says of a pod, and the cause that a customer gets of it. The messages are the kubelet's, the scheduler's and the
// API server's own.
import type { V1ContainerState, V1Pod } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import {
  finalReason,
  howItEnded,
  isBackingOff,
  isLost,
  isReady,
  lastRunMs,
  lostSince,
  refusedPod,
} from "../../../infra/kubernetes/pod-state.ts";
import { causeOf } from "../../../stacks/pulumi/error-texts.ts";

const NOW = Date.parse("2026-11-01T12:00:00Z");
const ago = (seconds: number) => new Date(NOW - seconds * 1000);

function pod({ state = {}, lastState = {}, restarts = 0, status = {}, metadata = {} }: Given = {}): V1Pod {
  const assistant = { name: "assistant", image: "i", imageID: "", ready: false };
  return {
    metadata: { name: "berth-0", creationTimestamp: ago(300), ...metadata },
    status: {
      phase: "Pending",
      containerStatuses: [{ ...assistant, restartCount: restarts, state, lastState }],
      ...status,
    },
  };
}
interface Given {
  readonly state?: V1ContainerState;
  readonly lastState?: V1ContainerState;
  readonly restarts?: number;
  readonly status?: V1Pod["status"];
  readonly metadata?: V1Pod["metadata"];
}
const waiting = (reason: string, message?: string) =>
  pod({ state: { waiting: { reason, ...(message && { message }) } } });
const unscheduled = (message: string, seconds: number) => {
  const reason = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
  return pod({ status: { conditions: [{ ...reason, lastTransitionTime: ago(seconds) }] } });
};

describe("a pod that does not run", () => {
  it.each([
    [waiting("ImagePullBackOff", 'Back-off pulling image "a/b:1"'), "IMAGE_UNAVAILABLE"],
    [
      waiting(
        "ErrImagePull",
        "failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized",
      ),
      "IMAGE_ACCESS_REFUSED",
    ],
    [waiting("InvalidImageName"), "IMAGE_UNAVAILABLE"],
    [unscheduled("0/3 nodes are available: 3 Insufficient memory.", 180), "CLUSTER_FULL"],
    [
      unscheduled(
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match PersistentVolume's node affinity.",
        180,
      ),
      "VOLUME_OUT_OF_REACH",
    ],
    [
      unscheduled("0/1 nodes are available: 1 node(s) had volume node affinity conflict.", 180),
      "VOLUME_OUT_OF_REACH",
    ],
    [unscheduled("0/3 nodes are available: 3 node(s) exceed max volume count.", 180), "CLUSTER_FULL"],
    [
      unscheduled('running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded', 180),
      "VOLUME_UNBOUND",
    ],
    [unscheduled("pod has unbound immediate PersistentVolumeClaims.", 180), "VOLUME_UNBOUND"],
    [pod({ status: { reason: "Evicted", message: "The node was low on resource: memory." } }), "EVICTED"],
    [
      pod({ restarts: 2, lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } }),
      "OUT_OF_MEMORY",
    ],
    [pod({ restarts: 2, lastState: { terminated: { exitCode: 78, reason: "Error" } } }), "SETTINGS_REFUSED"],
    [pod({ restarts: 3, lastState: { terminated: { exitCode: 1, reason: "Error" } } }), "CRASHED"],
    [pod({ metadata: { deletionTimestamp: ago(60) } }), "NODE_LOST"],
  ])("has a cause that somebody can act on: %#", (given, code) => {
    const reason = finalReason(given, NOW);
    expect(reason).toBeDefined();
    expect(causeOf([reason ?? ""]).code).toBe(code);
  });

  it.each([
    ["is being started", pod({ state: { waiting: { reason: "ContainerCreating" } } })],
    ["has ended once", pod({ restarts: 1, lastState: { terminated: { exitCode: 1 } } })],
    ["waits for a node that may be added", unscheduled("0/3 nodes are available: 3 Insufficient cpu.", 30)],
    ["ends in good order", pod({ metadata: { deletionTimestamp: ago(-20) } })],
  ])("is waited for while it %s", (_what, given) => {
    expect(finalReason(given, NOW)).toBeUndefined();
  });
});

it("a pod that is to end is not ready, whatever its conditions say", () => {
  const status = { conditions: [{ type: "Ready", status: "True" }] };
  expect(isReady(pod({ status }))).toBe(true);
  expect(isReady(pod({ status, metadata: { deletionTimestamp: ago(0) } }))).toBe(false);
  expect(isReady(pod())).toBe(false);
});

it("a pod is lost when it was to have ended half a minute ago", () => {
  expect(isLost(pod(), NOW)).toBe(false);
  expect(isLost(pod({ metadata: { deletionTimestamp: ago(29) } }), NOW)).toBe(false);
  expect(isLost(pod({ metadata: { deletionTimestamp: ago(31) } }), NOW)).toBe(true);
});

it("says how its container has ended, the settings writer's end too", () => {
  expect(howItEnded(pod())).toBe("no exit code");
  const init = { name: "settings", image: "i", imageID: "", ready: false, restartCount: 1 };
  const terminated = { exitCode: 2, reason: "Error" };
  const given = pod({ status: { initContainerStatuses: [{ ...init, lastState: { terminated } }] } });
  expect(howItEnded(given)).toBe("exit code 2 of container settings");
  expect(isBackingOff(waiting("CrashLoopBackOff"))).toBe(true);
  expect(isBackingOff(waiting("ContainerCreating"))).toBe(false);
});

it.each([
  [undefined, 0, { exitCode: 0, startedAt: ago(60), finishedAt: ago(50) }],
  [10_000, 1, { exitCode: 1, startedAt: ago(60), finishedAt: ago(50) }],
  [0, 5, { exitCode: 128, reason: "StartError", startedAt: new Date(0), finishedAt: ago(50) }],
])("the run before its last start lasted %s ms, started again %i times", (lasted, restarts, terminated) => {
  expect(lastRunMs(pod({ restarts, lastState: { terminated } }))).toBe(lasted);
  expect(lastRunMs(pod({ restarts, state: { terminated } }))).toBe(lasted);
});

it("a container that the cluster has added may end and start again", () => {
  const state = { waiting: { reason: "CrashLoopBackOff" } };
  const lastState = { terminated: { exitCode: 1 } };
  const proxy = {
    name: "istio-proxy",
    image: "i",
    imageID: "",
    ready: false,
    restartCount: 9,
    state,
    lastState,
  };
  const given = pod();
  const known = given.status?.containerStatuses ?? [];
  const beside = { ...given, status: { ...given.status, containerStatuses: [proxy, ...known] } };
  expect(finalReason(beside, NOW)).toBeUndefined();
  expect(isBackingOff(beside)).toBe(false);
  expect(howItEnded(beside)).toBe("no exit code");
});

it.each([
  [
    'pods "berth-0" is forbidden: exceeded quota: berth, requested: memory=2Gi, used: 4Gi, limited: 4Gi',
    "QUOTA_EXCEEDED",
  ],
  [
    'pods "berth-0" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
    "POLICY_REFUSED",
  ],
  [
    "pods \"berth-0\" is forbidden: ValidatingAdmissionPolicy 'images' with binding 'all' denied request: no",
    "POLICY_REFUSED",
  ],
  ['admission webhook "validate.kyverno.svc" denied the request: no', "POLICY_REFUSED"],
])("a set that is kept from making a pod says by what: %s", (words, code) => {
  const event = (message: string, seconds: number, reason = "FailedCreate") => ({
    metadata: {},
    involvedObject: {},
    reason,
    message: `create Pod berth-0 in StatefulSet berth failed error: ${message}`,
    lastTimestamp: ago(seconds),
  });
  const reason = refusedPod([event("of before", 90), event(words, 2), event("", 1, "SuccessfulCreate")]);
  expect(reason).toContain(words);
  expect(causeOf([reason ?? ""]).code).toBe(code);
  expect(refusedPod([event("", 1, "SuccessfulCreate")])).toBeUndefined();
});

it("a pod that is not ready, and whose containers were by the last word of its node, has lost that", () => {
  const condition = (type: string, status: string) => ({ type, status, lastTransitionTime: ago(60) });
  const lost = pod({
    status: { conditions: [condition("Ready", "False"), condition("ContainersReady", "True")] },
  });
  expect(lostSince(lost, NOW)).toEqual(ago(60));
  const unready = pod({
    status: { conditions: [condition("Ready", "False"), condition("ContainersReady", "False")] },
  });
  expect(lostSince(unready, NOW)).toBeUndefined();
  const ending = pod({ metadata: { deletionTimestamp: ago(31) } });
  expect(lostSince(ending, NOW)).toEqual(ago(31));
});
