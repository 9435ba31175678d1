// A network policy is enforced: each case with a control that shows that the way is open without it.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import {
  createNamespace,
  deleteNamespace,
  kubectl,
  pod,
  reaches,
  readyPod,
} from "../support/cluster/kubectl.ts";
import { tinyImageNames } from "../support/tiny-image.ts";

const NAMESPACE = "policy-test";
const IN = ["--namespace", NAMESPACE];
const { healthy } = tinyImageNames();
/** A policy is in force some seconds after it was made. */
const IN_FORCE = { timeout: 60_000, interval: 1_000 };

let neighbours: readonly (readonly [string, string])[];
beforeAll(async () => {
  createNamespace(NAMESPACE);
  const [first, second] = inject("cluster").nodes.map(({ name }) => name);
  const places = { from: first, near: first, far: second };
  for (const [name, on] of Object.entries(places))
    kubectl([...IN, "create", "--filename=-"], pod(name, healthy, { on: on ?? "" }));
  await readyPod(NAMESPACE, "from");
  neighbours = [
    ["on the same node", await readyPod(NAMESPACE, "near")],
    ["on another node", await readyPod(NAMESPACE, "far")],
  ];
});
afterAll(() => deleteNamespace(NAMESPACE));

function setPolicy(spec: object): void {
  const metadata = { name: "tested" };
  kubectl([...IN, "apply", "--filename=-"], {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata,
    spec,
  });
}

describe("without a policy", () => {
  it("a pod reaches its neighbours, the API server and the kubelets", () => {
    for (const [where, address] of neighbours)
      expect(reaches(NAMESPACE, "from", address, 18_789), `the neighbour ${where}`).toBe(true);
    const { control, nodes } = inject("cluster");
    expect(reaches(NAMESPACE, "from", control, 6443), "the API server").toBe(true);
    for (const { name, address } of nodes)
      expect(reaches(NAMESPACE, "from", address, 10_250), name).toBe(true);
  });
});

describe("with a policy", () => {
  it("nobody reaches a pod whose policy lets nothing in, but the kubelet's probes do", async () => {
    setPolicy({ podSelector: { matchLabels: { app: "far" } }, policyTypes: ["Ingress"], ingress: [] });
    const [, far] = neighbours;
    await expect.poll(() => reaches(NAMESPACE, "from", far?.[1] ?? "", 18_789), IN_FORCE).toBe(false);
    expect(reaches(NAMESPACE, "from", neighbours[0]?.[1] ?? "", 18_789), "the other one").toBe(true);
    await readyPod(NAMESPACE, "far");
  });

  it("a pod whose policy lets nothing out reaches neither neighbours nor the API server", async () => {
    setPolicy({ podSelector: { matchLabels: { app: "from" } }, policyTypes: ["Egress"], egress: [] });
    for (const [where, address] of neighbours)
      await expect
        .poll(() => reaches(NAMESPACE, "from", address, 18_789), { ...IN_FORCE, message: where })
        .toBe(false);
    const { control, nodes } = inject("cluster");
    expect(reaches(NAMESPACE, "from", control, 6443), "the API server").toBe(false);
    const other = nodes.filter((_, index) => index > 0);
    for (const { name, address } of other)
      expect(reaches(NAMESPACE, "from", address, 10_250), name).toBe(false);
    expect(reaches(NAMESPACE, "near", neighbours[1]?.[1] ?? "", 18_789), "a pod without a policy").toBe(true);
  });

  it("the ways are open again when it is gone", async () => {
    kubectl([...IN, "delete", "networkpolicy", "tested"]);
    for (const [where, address] of neighbours)
      await expect
        .poll(() => reaches(NAMESPACE, "from", address, 18_789), { ...IN_FORCE, message: where })
        .toBe(true);
  });
});
