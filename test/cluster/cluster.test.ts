// The cluster itself: what the other files rely on.
import { afterAll, beforeAll, expect, it } from "vitest";
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

const NAMESPACE = "cluster-test";
const IN = ["--namespace", NAMESPACE];
const { healthy, crashing } = tinyImageNames();

beforeAll(() => createNamespace(NAMESPACE));
afterAll(() => deleteNamespace(NAMESPACE));

it("has three nodes, each with addresses of its own for pods", () => {
  const { items } = read(["nodes"]);
  const names = items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  expect(names).toEqual(["node-1", "node-2", "node-3"]);
  const ranges = items.map(({ spec }: { spec: { podCIDR: string } }) => spec.podCIDR);
  expect(new Set(ranges).size).toBe(3);
});

it("runs a pod that answers, has logs, and lets programs run inside", async () => {
  kubectl([...IN, "create", "--filename=-"], pod("answers", healthy));
  const address = await readyPod(NAMESPACE, "answers");
  const path = `/api/v1/namespaces/${NAMESPACE}/pods/answers:18789/proxy/startupz`;
  expect(JSON.parse(kubectl(["get", "--raw", path]))).toEqual({ ok: true, status: "started" });
  const inside = kubectl([...IN, "exec", "answers", "--", "cat", "/etc/hosts"]);
  expect(inside).toContain(`${address}\tanswers`);
  const node = kubectl([...IN, "exec", "answers", "--", "node", "-p", "process.version"]);
  expect(node.trim()).toBe(process.version);
});

it("restarts a container that ends, and keeps its last words", async () => {
  const { spec, ...others } = pod("crashes", crashing) as { spec: { containers: object[] } };
  const [container] = spec.containers;
  const { readinessProbe: _, ...main } = container as { readinessProbe: object };
  kubectl([...IN, "create", "--filename=-"], { ...others, spec: { ...spec, containers: [main] } });
  const restarts = () => read([...IN, "pod", "crashes"]).status.containerStatuses?.[0].restartCount ?? 0;
  await until(NAMESPACE, () => restarts() > 0);
  // The last one but one may be removed meanwhile.
  const lastWords = () => kubectl([...IN, "logs", "crashes", "--previous"]);
  await expect.poll(lastWords).toContain("crashing on purpose");
});

it("keeps a claim's data on the node of its first pod, and removes it with the claim", async () => {
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "kept" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Mi" } } },
  };
  kubectl([...IN, "create", "--filename=-"], claim);
  const withClaim = (name: string) => {
    const { spec, ...others } = pod(name, healthy) as { spec: { containers: object[] } };
    const volumeMounts = [{ name: "data", mountPath: "/data" }];
    const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "kept" } }];
    const containers = spec.containers.map((container) => ({ ...container, volumeMounts }));
    return { ...others, spec: { ...spec, securityContext: { fsGroup: 1000 }, containers, volumes } };
  };
  kubectl([...IN, "create", "--filename=-"], withClaim("first"));
  await readyPod(NAMESPACE, "first");
  kubectl([...IN, "exec", "first", "--", "sh", "-c", "echo kept > /data/file"]);
  const { nodeName } = read([...IN, "pod", "first"]).spec;
  kubectl([...IN, "delete", "pod", "first", "--wait"]);
  kubectl([...IN, "create", "--filename=-"], withClaim("second"));
  await readyPod(NAMESPACE, "second");
  expect(kubectl([...IN, "exec", "second", "--", "cat", "/data/file"])).toBe("kept\n");
  expect(read([...IN, "pod", "second"]).spec.nodeName).toBe(nodeName);
  kubectl([...IN, "delete", "pod", "second", "--wait"]);
  kubectl([...IN, "delete", "persistentvolumeclaim", "kept", "--wait"]);
  await until(NAMESPACE, () => read(["persistentvolumes"]).items.length === 0);
});

it("refuses a pod that its namespace's level of pod security forbids", () => {
  kubectl(["label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted"]);
  const create = () => kubectl([...IN, "create", "--filename=-"], pod("lax", healthy));
  expect(create).toThrow(/violates PodSecurity "restricted/);
  kubectl(["label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce-"]);
});
