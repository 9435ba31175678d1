// What was asked for against what a cluster was seen to have.
import { expect, it } from "vitest";
import type { Observed, ObservedPod } from "../../../../infra/kubernetes/observe.ts";
import { clusterDifference, crashing } from "../../../../stacks/watch/kubernetes/drift.ts";

const OUTPUTS = {
  status: "active",
  replicas: 1,
  containerId: "uid-1",
  endpoint: null,
  image: "a/b:1",
  network: "network",
  volume: "uid/claim",
};
const ACTIVE = { status: "active", outputs: OUTPUTS } as const;
const STOPPED = {
  status: "stopped",
  outputs: { ...OUTPUTS, status: "stopped", replicas: 0, containerId: null },
} as const;
const POD: ObservedPod = {
  name: "berth-0",
  phase: "Running",
  isReady: true,
  isEnding: false,
  lostSince: undefined,
  node: "node-1",
  restarts: 0,
  lastRunMs: undefined,
  createdAt: new Date(0),
  asked: "hash",
  howItEnded: "no exit code",
  reason: undefined,
};
const seen = (pods: readonly ObservedPod[], replicas = 1, uid = "uid-1"): Observed => ({
  set: { uid, replicas },
  pods,
});

it("nothing differs of one that runs as asked for, and of one that is stopped", () => {
  expect(clusterDifference(ACTIVE, seen([POD]))).toBeUndefined();
  expect(clusterDifference(STOPPED, seen([], 0))).toBeUndefined();
});

it.each([
  ["its set is gone", ACTIVE, { set: undefined, pods: [] }, "missing"],
  ["somebody scaled it down", ACTIVE, seen([], 0), "ended"],
  ["somebody scaled it up", ACTIVE, seen([POD, { ...POD, name: "berth-1" }], 2), "unexpected"],
  ["no pod of it runs", ACTIVE, seen([]), "ended"],
  ["its set was made anew by somebody", ACTIVE, seen([POD], 1, "uid-2"), "changed"],
  ["its node is cut off", ACTIVE, seen([{ ...POD, isReady: false, lostSince: new Date(0) }]), "unknown"],
  [
    "its image is gone",
    ACTIVE,
    seen([{ ...POD, isReady: false, reason: "The cluster can't pull its image: x" }]),
    "ended",
  ],
  ["it starts again", ACTIVE, seen([{ ...POD, isReady: false, restarts: 1 }]), "restarting"],
  ["it was stopped, and runs", STOPPED, seen([POD], 1), "unexpected"],
])("it is said where %s", (_what, recorded, observed, state) => {
  expect(clusterDifference(recorded, observed)?.state).toBe(state);
});

it("nothing is said before an operation has ended well", () => {
  expect(clusterDifference({ status: "active", outputs: null }, seen([]))).toBeUndefined();
  expect(clusterDifference({ ...STOPPED, status: "active" }, seen([]))).toBeUndefined();
});

it("a pod that has started again five times and is not ready can't stay up", () => {
  const [tired, well] = [
    { ...POD, restarts: 5, lastRunMs: 2_000, isReady: false },
    { ...POD, restarts: 50 },
  ];
  expect(crashing(seen([tired]))).toEqual(tired);
  expect(crashing(seen([well]))).toBeUndefined();
  expect(crashing(seen([{ ...tired, restarts: 4 }]))).toBeUndefined();
  // It ended now and then in its months, and starts after the last time.
  expect(crashing(seen([{ ...tired, lastRunMs: 600_000 }]))).toBeUndefined();
});

it("of a node that is cut off it is said which one, and since when", () => {
  const lostSince = new Date("2026-11-01T12:00:00Z");
  const found = clusterDifference(ACTIVE, seen([{ ...POD, isReady: false, lostSince }]));
  expect(found?.detail).toContain(
    "The node node-1 of its pod has not answered since 2026-11-01T12:00:00.000Z",
  );
});
