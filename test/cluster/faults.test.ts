// What the target relies on when parts of the cluster fail: a StatefulSet never has two pods.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { order } from "../support/cluster/faults.ts";
import {
  createNamespace,
  deleteNamespace,
  kubectl,
  pod,
  read,
  readyPod,
  until,
} from "../support/cluster/kubectl.ts";
import { tinyImageNames } from "../support/tiny-image.ts";

const NAMESPACE = "faults-test";
const IN = ["--namespace", NAMESPACE];
/** On the node that fails, which no other file's pods need meanwhile. */
const NODE = "node-3";
const WATCHED_MS = 15_000;

beforeAll(() => createNamespace(NAMESPACE));
afterAll(async () => {
  await order("bring-back", NODE);
  deleteNamespace(NAMESPACE);
});

/** One pod, which begins on that node and is given up at once when the node is lost. */
function workload(kind: "StatefulSet" | "Deployment", name: string): object {
  const labels = { app: name };
  const { spec } = pod(name, tinyImageNames().healthy) as { spec: object };
  const preference = {
    matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [NODE] }],
  };
  const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] };
  const lost = ["not-ready", "unreachable"].map((state) => `node.kubernetes.io/${state}`);
  const tolerations = lost.map((key) => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 1,
  }));
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name },
    spec: {
      replicas: 1,
      ...(kind === "StatefulSet" && { serviceName: name }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { ...spec, affinity: { nodeAffinity: preferred }, tolerations },
      },
    },
  };
}

const podsOf = (name: string) => read([...IN, "pods", "--selector", `app=${name}`]).items;
const containerOf = ({ status }: { status: { containerStatuses: { containerID: string }[] } }) =>
  status.containerStatuses[0]?.containerID.replace("containerd://", "") ?? "";

it("an API server that is killed and comes back leaves what runs alone", async () => {
  kubectl([...IN, "create", "--filename=-"], pod("stays", tinyImageNames().healthy));
  await readyPod(NAMESPACE, "stays");
  const before = read([...IN, "pod", "stays"]);
  await order("restart-api-server");
  await readyPod(NAMESPACE, "stays");
  const after = read([...IN, "pod", "stays"]);
  expect(after.metadata.uid).toBe(before.metadata.uid);
  expect(containerOf(after)).toBe(containerOf(before));
});

it("a StatefulSet whose node is cut off gets no second pod while the first one may run; a Deployment does", async () => {
  for (const kind of ["StatefulSet", "Deployment"] as const)
    kubectl([...IN, "create", "--filename=-"], workload(kind, kind.toLowerCase()));
  await readyPod(NAMESPACE, "statefulset-0");
  await until(NAMESPACE, () => podsOf("deployment")[0]?.status.phase === "Running");
  const [first] = podsOf("statefulset");
  expect([first, podsOf("deployment")[0]].map(({ spec }) => spec.nodeName)).toEqual([NODE, NODE]);
  await order("cut-off", NODE);
  await until(NAMESPACE, () => podsOf("statefulset")[0].metadata.deletionTimestamp !== undefined);
  // The control: what has no such promise is started elsewhere.
  await until(NAMESPACE, () => podsOf("deployment").length === 2);
  await sleep(WATCHED_MS);
  expect(podsOf("statefulset").map(({ metadata }: typeof first) => metadata.uid)).toEqual([
    first.metadata.uid,
  ]);
  expect(await order("running", NODE)).toContain(containerOf(first));

  await order("bring-back", NODE);
  await until(NAMESPACE, () => podsOf("statefulset")[0]?.metadata.uid !== first.metadata.uid);
  await readyPod(NAMESPACE, "statefulset-0");
  expect(podsOf("statefulset")).toHaveLength(1);
  expect(await order("running", NODE)).not.toContain(containerOf(first));
});
