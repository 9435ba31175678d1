// Every check of a deployment in a cluster is tripped by one change of a picture of which nothing is wrong. The pod, its policy and
// its claim are those that Berth asks for.
import { describe, expect, it } from "vitest";
import { policySpec } from "../../../infra/kubernetes/egress.ts";
import type { Holding } from "../../../infra/kubernetes/inventory.ts";
import { podTemplate } from "../../../infra/kubernetes/pod.ts";
import { applyChecks } from "../../../stacks/doctor/check.ts";
import { examine } from "../../../stacks/doctor/examine.ts";
import { ownChecks } from "../../../stacks/doctor/kubernetes/audit.ts";
import { CLUSTER_CHECKS } from "../../../stacks/doctor/kubernetes/cluster-checks.ts";
import { HOLDING_CHECKS } from "../../../stacks/doctor/kubernetes/holding-checks.ts";
import { POD_CHECKS } from "../../../stacks/doctor/kubernetes/pod-checks.ts";
import { MODEL_KEY } from "../../support/berth.ts";
import { goodPicture, ID, OTHER_ID, type Whole, type Writable } from "../../support/good-picture.ts";
import { PLACE } from "../../support/kubernetes-place.ts";

const LABELS = { "berth.dev/deployment": ID };
const SET = "kubernetes:apps/v1:StatefulSet";
const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";

interface Wrong {
  readonly picture: Whole;
  readonly held: Writable<Holding>;
  isSecretCurrent: boolean;
}

function good(): Wrong {
  const picture = goodPicture();
  picture.settings.target = "kubernetes";
  picture.settings.places = [{ ...PLACE }];
  Object.assign(picture.deployment, { address: null });
  Object.assign(picture.deployment.outputs ?? {}, { volume: `uid/berth-${ID}-data` });
  Object.assign((picture.stack.outputs as object) ?? {}, { volume: `uid/berth-${ID}-data` });
  const template = podTemplate(ID, {
    target: "kubernetes",
    replicas: 1,
    image: "assistant:1",
    settings: {},
    memoryMib: 512,
    cpus: 0.5,
    startupTimeoutSeconds: 300,
    place: PLACE,
    claim: `berth-${ID}-data`,
    incoming: undefined,
    gateway: undefined,
    dataGone: false,
    operation: "operation-1",
  } as unknown as Parameters<typeof podTemplate>[1]);
  const id = (name: string) => `assistants/${name}`;
  picture.stack.resources = [
    { urn: `urn:pulumi:${ID}::berth::${SET}::assistant`, type: SET, id: id(`berth-${ID}`) },
    { urn: `urn:pulumi:${ID}::berth::${CLAIM}::data`, type: CLAIM, id: id(`berth-${ID}-data`) },
  ];
  const held = structuredClone({
    sets: [{ metadata: { name: `berth-${ID}`, labels: LABELS }, spec: { replicas: 1, template } }],
    pods: [
      {
        metadata: { ...apart(template.metadata), name: `berth-${ID}-0` },
        spec: { ...apart(template.spec), nodeName: "node-1" },
        status: {
          phase: "Running",
          conditions: [condition("Ready", "True"), condition("ContainersReady", "True")],
        },
      },
    ],
    claims: [{ metadata: { name: `berth-${ID}-data`, labels: LABELS }, status: { phase: "Bound" } }],
    policies: [{ metadata: { labels: LABELS }, spec: policySpec(ID, undefined) }],
    accounts: [{ metadata: { labels: LABELS }, automountServiceAccountToken: false }],
    secrets: [{ name: `berth-${ID}-given`, text: "{}" }],
    owners: new Map([
      [`${SET} ${id(`berth-${ID}`)}`, ID],
      [`${CLAIM} ${id(`berth-${ID}-data`)}`, ID],
    ]),
  }) as unknown as Writable<Holding>;
  return { picture, held, isSecretCurrent: true };
}

/** Nothing of it is twice in it. */
function apart<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function condition(type: string, status: string) {
  return { type, status, lastTransitionTime: new Date("2026-11-01T12:00:00Z") };
}

// biome-ignore lint/suspicious/noExplicitAny: what is changed is of any shape.
type Anything = any;
const pod =
  (change: (pod: Anything) => unknown) =>
  ({ held }: Wrong) =>
    change(held.pods[0]);
const container = (change: (container: Anything) => unknown) => pod(({ spec }) => change(spec.containers[0]));
const policy =
  (change: (spec: Anything) => unknown) =>
  ({ held }: Wrong) =>
    change(held.policies[0]?.spec);
const list =
  (name: keyof Holding, items: readonly unknown[]) =>
  ({ held }: Wrong) =>
    Object.assign(held, { [name]: items });

const CASES: readonly [string, (wrong: Wrong) => unknown, RegExp][] = [
  ["pod-count", list("pods", []), /expected 1 while it is active, found nothing/],
  ["pod-count", ({ held }) => held.pods.push(held.pods[0] as Anything), /expected 1 while/],
  ["pod-count", stopped, /expected 0 while it is stopped, found berth-/],
  [
    "pod-leftover",
    ({ held }) =>
      held.pods.push({ metadata: { name: "helper", labels: { "berth.dev/helper": "data" } } } as Anything),
    /get at its data: expected none, found helper/,
  ],
  [
    "replicas",
    ({ held }) => Object.assign(held.sets[0]?.spec ?? {}, { replicas: 2 }),
    /expected 1 replica, found 2/,
  ],
  ["claim", list("claims", []), /one that is bound, found 0/],
  [
    "claim",
    ({ held }) => Object.assign(held.claims[0] ?? {}, { status: { phase: "Lost" } }),
    /found 1, 0 of them bound/,
  ],
  ["network-policy", list("policies", []), /found none/],
  ["network-policy", policy((spec) => (spec.policyTypes = ["Ingress"])), /found one direction alone/],
  ["network-policy", policy((spec) => (spec.ingress = [{}])), /found ways in/],
  ["network-policy", policy((spec) => spec.egress.push({})), /found private addresses/],
  ["network-policy", policy((spec) => spec.egress[1].to[0].ipBlock.except.pop()), /found private addresses/],
  ["service-account", list("accounts", [{ automountServiceAccountToken: true }]), /pods get a token/],
  ["service-account", list("accounts", []), /found 0 of them/],
  ["given", list("secrets", []), /expected 1 while it is active, found nothing/],
  ["given", (wrong) => (wrong.isSecretCurrent = false), /what the record says, found something else/],
  [
    "stack-resources",
    ({ held }) => (held.owners as Map<string, string>).delete(`${SET} assistants/berth-${ID}`),
    /stateful set assistants.*found nothing/,
  ],
  [
    "resource-ownership",
    ({ held }) => (held.owners as Map<string, string>).set(`${SET} assistants/berth-${ID}`, OTHER_ID),
    /expected its own, found deployment 0192/,
  ],
  [
    "pod-state",
    pod(({ status }) => status.conditions.splice(0, 2, condition("Ready", "False"))),
    /found Running, not ready/,
  ],
  [
    "pod-state",
    pod(({ status }) => (status.conditions[0] = condition("Ready", "False"))),
    /node, node-1: expected to answer, found that it has not since 2026-11-01T12:00:00/,
  ],
  [
    "pod-asked",
    pod(({ metadata }) => (metadata.annotations["berth.dev/asked"] = "another")),
    /found another/,
  ],
  [
    "pod-containers",
    pod(({ spec }) => spec.initContainers.push({ ...spec.initContainers[0], name: "more" })),
    /settings, more/,
  ],
  ["pod-image", container((one) => (one.image = "another:1")), /expected assistant:1, found another:1/],
  ["pod-user", container((one) => (one.securityContext.runAsUser = 0)), /found 0, 1000/],
  ["pod-root", container((one) => (one.securityContext.runAsNonRoot = false)), /found no, yes/],
  ["pod-privileged", container((one) => (one.securityContext.privileged = true)), /found yes, no/],
  [
    "pod-escalation",
    container((one) => (one.securityContext.allowPrivilegeEscalation = true)),
    /found yes, no/,
  ],
  [
    "pod-root-filesystem",
    container((one) => (one.securityContext.readOnlyRootFilesystem = false)),
    /found no, yes/,
  ],
  [
    "pod-capabilities",
    container((one) => (one.securityContext.capabilities.add = ["NET_RAW"])),
    /added NET_RAW/,
  ],
  [
    "pod-seccomp",
    container((one) => (one.securityContext.seccompProfile.type = "Unconfined")),
    /found Unconfined/,
  ],
  ["pod-namespaces", pod(({ spec }) => (spec.hostNetwork = true)), /found hostNetwork/],
  ["pod-token", pod(({ spec }) => (spec.automountServiceAccountToken = true)), /expected no, found yes/],
  ["pod-account", pod(({ spec }) => (spec.serviceAccountName = "default")), /found default/],
  [
    "pod-volumes",
    pod(({ spec }) => spec.volumes.push({ name: "root", hostPath: { path: "/" } })),
    /root: hostPath/,
  ],
  ["pod-limits", container((one) => (one.resources.limits = {})), /memory, CPU and disk, found less/],
  ["pod-limits", container((one) => (one.resources.requests = {})), /expected its limits, found others/],
  ["pod-limits", ({ picture }) => (picture.settings.memoryMib = 1024), /expected 1024 MiB.*found 512 MiB/],
  ["pod-runtime", pod(({ spec }) => (spec.runtimeClassName = "gvisor")), /expected nothing, found gvisor/],
  ["pod-secrets", container((one) => one.env.push({ name: "KEY", value: MODEL_KEY })), /found model_api_key/],
];

function stopped({ picture, held }: Wrong): void {
  Object.assign(picture.deployment, { status: "stopped" });
  Object.assign(held, { secrets: [] });
}

const examined = ({ picture, held, isSecretCurrent }: Wrong) =>
  examine(picture, ownChecks(held, isSecretCurrent));

it("nothing is wrong with a good picture", () => {
  const { findings, unchecked } = examined(good());
  expect(findings).toEqual([]);
  expect(unchecked).toEqual([]);
});

describe("found is", () => {
  it.each(CASES)("%s, by what was done: %s", (check, change, says) => {
    const wrong = good();
    change(wrong);
    const own = examined(wrong).findings.filter((finding) => finding.check === check);
    expect(own.map(({ message }) => message)).toEqual([expect.stringMatching(says)]);
    expect(own[0]?.advice).toMatch(/\w/);
  });

  it("every check of the tables", () => {
    const tried = new Set(CASES.map(([name]) => name));
    const all = [...HOLDING_CHECKS, ...POD_CHECKS].map(({ name }) => name);
    expect(all.filter((name) => !tried.has(name))).toEqual([]);
  });
});

it("of the cluster: that it is away, what it lacks, and what is left of the deleted", () => {
  const found = (cluster: Parameters<(typeof CLUSTER_CHECKS)[number]["look"]>[0]["cluster"]) =>
    applyChecks(CLUSTER_CHECKS, { cluster }).findings.map(({ message }) => message);
  expect(found("away")).toEqual([expect.stringContaining("expected to answer")]);
  expect(found({ checks: [{ name: "rights", state: "ok", message: "All." }], strays: [] })).toEqual([]);
  const missing = { name: "rights", state: "missing", message: "Berth may not list pods." } as const;
  const stray = { deploymentId: OTHER_ID, was: "deleted", what: ["claim berth-x"] } as const;
  expect(found({ checks: [missing], strays: [stray] })).toEqual([
    expect.stringContaining("Berth may not list pods."),
    expect.stringMatching(/deleted deployment 0192.*found claim berth-x/),
  ]);
});
