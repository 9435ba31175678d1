// What a program inside an assistant's pod reaches: what Berth's network policy lets through, and nothing else. A pod
// without a policy is the control: it reaches all of it.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { policySpec } from "../../infra/kubernetes/egress.ts";
import { DEPLOYMENT_LABEL } from "../../infra/kubernetes/names.ts";
import {
  createNamespace,
  deleteNamespace,
  kubectl,
  pod,
  reaches,
  readyPod,
  until,
} from "../support/cluster/kubectl.ts";
import { METADATA_ADDRESS, PUBLIC_ADDRESS } from "../support/cluster/outside.ts";
import { tinyImageNames } from "../support/tiny-image.ts";

const NAMESPACE = "isolation-test";
const IN = ["--namespace", NAMESPACE];
const ASSISTANT = "isolated";
const { healthy } = tinyImageNames();
const { control, host, nodes } = inject("cluster");
const [first, second] = nodes;

const pods: Record<string, string> = {};
beforeAll(async () => {
  createNamespace(NAMESPACE);
  const labels = { [DEPLOYMENT_LABEL]: ASSISTANT };
  kubectl([...IN, "create", "--filename=-"], {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: ASSISTANT },
    spec: policySpec(ASSISTANT, undefined),
  });
  const places = { assistant: first, control: first, near: first, far: second };
  for (const [name, on] of Object.entries(places)) {
    const options = { on: on?.name ?? "", labels: name === "assistant" ? labels : {} };
    kubectl([...IN, "create", "--filename=-"], pod(name, healthy, options));
  }
  for (const name of Object.keys(places)) pods[name] = await readyPod(NAMESPACE, name);
  // It is in force some seconds after its pod is there.
  await until(NAMESPACE, () => !reaches(NAMESPACE, "assistant", pods.near ?? "", 18_789));
});
afterAll(() => deleteNamespace(NAMESPACE));

const PLACES: readonly (readonly [string, () => string | undefined, number])[] = [
  ["a neighbour on its node", () => pods.near, 18_789],
  ["a neighbour on another node", () => pods.far, 18_789],
  ["the API server", () => control, 6443],
  ["the kubelet of its node", () => first?.address, 10_250],
  ["the kubelet of another node", () => second?.address, 10_250],
  ["the cloud's metadata", () => METADATA_ADDRESS, 80],
  ["Berth's host", () => host, inject("cluster").hostPort],
  ["a mail server", () => PUBLIC_ADDRESS, 25],
];

describe.each(PLACES)("%s", (_what, address, port) => {
  it("is out of an assistant's reach", () => {
    expect(reaches(NAMESPACE, "assistant", address() ?? "", port)).toBe(false);
  });

  it("is within reach of a pod without the policy", () => {
    expect(reaches(NAMESPACE, "control", address() ?? "", port)).toBe(true);
  });
});

it("a public address is within an assistant's reach", () => {
  expect(reaches(NAMESPACE, "assistant", PUBLIC_ADDRESS, 443)).toBe(true);
});

it("nobody reaches an assistant, on its node and from another, but its kubelet does", () => {
  for (const from of ["near", "far"])
    expect(reaches(NAMESPACE, from, pods.assistant ?? "", 18_789), from).toBe(false);
  for (const from of ["near", "far"])
    expect(reaches(NAMESPACE, from, pods.control ?? "", 18_789), from).toBe(true);
  const conditions = kubectl([...IN, "get", "pod", "assistant", "--output=jsonpath={.status.conditions}"]);
  expect(JSON.parse(conditions)).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
});
