// What the target does past Pulumi, against an API server made up. What a real cluster makes of it is not tested here.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findPlaces } from "../../../infra/kubernetes/find-places.ts";
import { HAND_OVER_PROGRAM } from "../../../infra/kubernetes/pod.ts";
import { open } from "../../../infra/kubernetes/target.ts";
import type { DeploymentFacts, Target } from "../../../infra/target.ts";
import { type FakeKubernetes, type Kept, startFakeKubernetes } from "../../support/fake-kubernetes.ts";
import { NAMESPACE_UID, PLACE } from "../../support/kubernetes-place.ts";

const ID = "01940000-0000-7000-8000-000000000001";
const OTHER = "01940000-0000-7000-8000-000000000002";
const NAMES = {
  set: `berth-${ID}`,
  claim: `berth-${ID}-data`,
  policy: `berth-${ID}-network`,
  account: `berth-${ID}-account`,
};
const STATE = [
  { type: "kubernetes:apps/v1:StatefulSet", id: `assistants/${NAMES.set}` },
  { type: "kubernetes:core/v1:PersistentVolumeClaim", id: `assistants/${NAMES.claim}` },
  { type: "kubernetes:networking.k8s.io/v1:NetworkPolicy", id: `assistants/${NAMES.policy}` },
  { type: "kubernetes:core/v1:ServiceAccount", id: `assistants/${NAMES.account}` },
  { type: "command:local:Command", id: "readiness" },
];

let fake: FakeKubernetes;
let target: Target;

beforeEach(async () => {
  fake = await startFakeKubernetes();
  vi.stubEnv("KUBECONFIG", fake.kubeconfig);
  target = open(PLACE);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake.close();
});

function has(plural: string, name: string, id = ID, more: Partial<Kept> = {}): void {
  const { metadata, ...others } = more;
  fake.objects.set(`${plural}/${name}`, {
    metadata: { name, uid: `uid-of-${name}`, labels: { "berth.dev/deployment": id }, ...metadata },
    ...others,
  });
}

function hasAll(): void {
  has("statefulsets", NAMES.set, ID, { spec: { replicas: 1 } });
  has("persistentvolumeclaims", NAMES.claim);
  has("networkpolicies", NAMES.policy);
  has("serviceaccounts", NAMES.account);
}

const paths = () => [...fake.objects.keys()].toSorted();

describe("a namespace", () => {
  it("is found with its uid", async () => {
    const { namespaceUid: _, ...given } = PLACE;
    const search = { carriesOut: true, pulumiPath: "", environment: {} };
    expect(await findPlaces([given], search)).toEqual([PLACE]);
  });
  it("that is not there stops the start, with what to do", async () => {
    const search = { carriesOut: true, pulumiPath: "", environment: {} };
    await expect(findPlaces([{ ...PLACE, namespace: "elsewhere" }] as never, search)).rejects.toThrow(
      "kubernetes manifest",
    );
  });
  it("that was made anew is refused, and so is a context that is not there", async () => {
    await expect(open({ ...PLACE, namespaceUid: "another" }).assertAnswers(60_000)).rejects.toThrow(
      "is another one than when Berth started",
    );
    expect(() => open({ ...PLACE, context: "prod" })).toThrow("no context prod: it has test");
  });
  it("that is being deleted stops the start, and is said to be so while Berth runs", async () => {
    const status = { phase: "Terminating" };
    const body = { metadata: { name: PLACE.namespace, uid: NAMESPACE_UID }, status };
    fake.ofCluster.set(`/api/v1/namespaces/${PLACE.namespace}`, () => ({ code: 200, body }));
    const search = { carriesOut: true, pulumiPath: "", environment: {} };
    const said = "The namespace assistants is being deleted.";
    await expect(findPlaces([PLACE], search)).rejects.toThrow(said);
    await expect(target.assertAnswers(60_000)).rejects.toThrow(said);
  });
  it("is of no cluster where none is named", async () => {
    vi.stubEnv("KUBECONFIG", "");
    vi.stubEnv("HOME", "/nowhere");
    expect(() => open({ ...PLACE, context: null })).toThrow("No cluster is named");
    vi.stubEnv("KUBECONFIG", "/nowhere/config");
    expect(() => open({ ...PLACE, context: null })).toThrow(
      "no such file or directory, open '/nowhere/config'",
    );
  });
  it("whose cluster is away is said to be so", async () => {
    await target.assertAnswers(60_000);
    const { kubeconfig } = fake;
    await fake.close();
    await expect(target.assertAnswers(60_000)).rejects.toThrow("The Kubernetes API server is not reachable");
    fake = await startFakeKubernetes();
    expect(kubeconfig).not.toBe(fake.kubeconfig);
  });
});

describe("comparing with a stack's state", () => {
  it("finds nothing where all of it is there", async () => {
    hasAll();
    has("pods", `${NAMES.set}-0`);
    expect(await target.compare(ID, STATE)).toEqual({ foreign: [], lost: [], beside: [], data: "there" });
  });
  it("names what is gone, what is another's, and what is there beside", async () => {
    hasAll();
    fake.objects.delete(`networkpolicies/${NAMES.policy}`);
    has("serviceaccounts", NAMES.account, OTHER);
    has("pods", `${NAMES.set}-helper`, ID, {
      metadata: {
        name: `${NAMES.set}-helper`,
        labels: { "berth.dev/deployment": ID, "berth.dev/helper": "data" },
      },
    });
    expect(await target.compare(ID, STATE)).toEqual({
      foreign: [`service account assistants/${NAMES.account}, which is deployment ${OTHER}'s`],
      lost: [`network policy ${NAMES.policy}`],
      beside: [`pod ${NAMES.set}-helper`],
      data: "there",
    });
  });
  it("tells data that is gone from data that never was", async () => {
    expect((await target.compare(ID, STATE)).data).toBe("gone");
    expect((await target.compare(ID, [])).data).toBe("none");
    has("persistentvolumeclaims", `${NAMES.claim}-0a1b2c3d`);
    expect((await target.compare(ID, [], `${NAMESPACE_UID}/${NAMES.claim}-0a1b2c3d`)).data).toBe("there");
  });
});

it("calls share a connection", async () => {
  hasAll();
  for (let call = 0; call < 10; call++) await target.measure(ID);
  // A second one where an answer is still read.
  expect(fake.connections).toBeLessThanOrEqual(2);
});

describe("removing", () => {
  it("takes what the stack does not know, and never the data or another's", async () => {
    hasAll();
    has("statefulsets", `berth-${OTHER}`, OTHER);
    await target.removeStrays(ID, new Set([`assistants/${NAMES.policy}`]));
    expect(paths()).toEqual([
      `networkpolicies/${NAMES.policy}`,
      `persistentvolumeclaims/${NAMES.claim}`,
      `statefulsets/berth-${OTHER}`,
    ]);
  });
  it("takes a claim that has no data of it only where it is known which one has", async () => {
    has("persistentvolumeclaims", NAMES.claim);
    has("persistentvolumeclaims", `${NAMES.claim}-0a1b2c3d`);
    await target.removeStrays(ID, new Set(), `${NAMESPACE_UID}/${NAMES.claim}-0a1b2c3d`);
    expect(paths()).toEqual([`persistentvolumeclaims/${NAMES.claim}-0a1b2c3d`]);
  });
  it("leaves a pod to the set that the stack knows", async () => {
    hasAll();
    has("pods", `${NAMES.set}-0`);
    await target.removeStrays(ID, new Set(STATE.map(({ id }) => id)));
    expect(paths()).toContain(`pods/${NAMES.set}-0`);
  });
  it("of all leaves nothing of it, and others' alone", async () => {
    hasAll();
    has("pods", `${NAMES.set}-0`);
    has("secrets", `berth-${ID}-0123456789abcdef`);
    has("secrets", "of-somebody", ID);
    has("persistentvolumeclaims", `berth-${OTHER}-data`, OTHER);
    await target.removeAll(ID);
    expect(paths()).toEqual([`persistentvolumeclaims/berth-${OTHER}-data`, "secrets/of-somebody"]);
  });
  it("of what stands in the way takes the set, and leaves data, policy and account", async () => {
    hasAll();
    expect(await target.clearTheWay(ID, { which: "every" })).toBe(1);
    expect(paths().some((path) => path.startsWith("statefulsets/"))).toBe(false);
    expect(paths()).toHaveLength(3);
    expect(await target.clearTheWay(ID, { which: "every" })).toBe(0);
  });
});

describe("standing still", () => {
  const data = () => target.data({ deploymentId: ID, image: "a/b:1", maxBytes: 1 });
  const set = () => fake.objects.get(`statefulsets/${NAMES.set}`);

  it("takes the number of replicas over, and gives it back", async () => {
    hasAll();
    expect(await (await data()).halt()).toBe(true);
    expect(set()).toMatchObject({
      spec: { replicas: 0 },
      metadata: { managedFields: [{ manager: "berth-halt" }] },
    });
    await (await data()).start();
    expect(set()).toMatchObject({ spec: { replicas: 1 }, metadata: { managedFields: [] } });
  });
  it("says that one was to run that a cut-off backup has stood still, and starts it for what comes", async () => {
    hasAll();
    await (await data()).halt();
    expect(await (await data()).halt()).toBe(true);
    expect(await target.clearTheWay(ID, { which: "none" })).toBe(1);
    expect(set()?.spec.replicas).toBe(1);
  });
  it("leaves one that is stopped alone", async () => {
    has("statefulsets", NAMES.set, ID, { spec: { replicas: 0 } });
    expect(await (await data()).halt()).toBe(false);
    await (await data()).start();
    expect(await target.clearTheWay(ID, { which: "none" })).toBe(0);
    expect(fake.calls.some((call) => call.startsWith("PATCH"))).toBe(false);
  });
});

describe("secrets", () => {
  const facts: DeploymentFacts = {
    dataDir: "/nowhere",
    deploymentId: ID,
    address: null,
    volume: undefined,
    operationId: "operation-1",
    runtime: undefined,
    reveal: () => ({
      assistant: { modelProvider: "anthropic", modelId: "claude", allowFrom: [] },
      secrets: {
        modelProvider: "anthropic",
        modelApiKey: "sk-ant-canary",
        telegramBotToken: "1:canary",
        gatewayToken: "gateway-canary",
      },
    }),
    gatewayToken: () => undefined,
    findPlugin: async () => undefined,
    fingerprint: (text) => Buffer.from(text).toString("hex").slice(-32),
  };
  const goal = { replicas: 1, image: "a/b:1", isRestoring: false, isHealing: false } as const;
  const secrets = () => paths().filter((path) => path.startsWith("secrets/"));

  it("are in a Secret, and no value of theirs in the stack's config", async () => {
    const config = await target.stackConfig(facts, goal);
    expect(JSON.stringify(config)).not.toContain("canary");
    const { path } = JSON.parse(config.settings ?? "{}").secrets.providers.berth;
    const made = fake.objects.get(`secrets/berth-${ID}-given`);
    expect(made).toMatchObject({ metadata: { labels: { "berth.dev/deployment": ID } } });
    const given = (made as { stringData?: object }).stringData as Record<string, string>;
    const { "settings.json": settings, "program.mjs": program, ...files } = given;
    expect(settings).toBe(config.settings);
    expect(program).toBe(HAND_OVER_PROGRAM);
    expect(Object.keys(files).map((name) => `/run/berth/${name}`)).toEqual([path]);
    expect(JSON.parse(Object.values(files)[0] ?? "")).toMatchObject({ telegram: "1:canary" });
    expect(config.volume).toBe(`${NAMESPACE_UID}/${NAMES.claim}`);
  });
  it("are the same Secret when they are asked for again, and put back as they were", async () => {
    await target.stackConfig(facts, goal);
    await target.stackConfig(facts, goal);
    expect(secrets()).toHaveLength(1);
    const place = { dataDir: "/nowhere", deploymentId: ID };
    const kept = await target.keepSecrets(place);
    await target.dropSecrets(place);
    expect(secrets()).toEqual([]);
    await kept?.putBack();
    expect(secrets()).toHaveLength(1);
    expect(await target.keepSecrets({ ...place, deploymentId: OTHER })).toBeUndefined();
  });
  it("take the place of those before, and not of somebody else's", async () => {
    await target.stackConfig(facts, goal);
    await target.stackConfig({ ...facts, fingerprint: () => "0123456789abcdef0123" }, goal);
    const made = fake.objects.get(`secrets/berth-${ID}-given`) as { stringData?: object };
    const keys = Object.keys(made.stringData ?? {}).toSorted();
    expect(keys).toEqual(["0123456789abcdef.json", "program.mjs", "settings.json"]);
    has("secrets", `berth-${OTHER}-given`, "somebody");
    const others = { ...facts, deploymentId: OTHER };
    await expect(target.stackConfig(others, goal)).rejects.toThrow("that is not Berth's");
  });
  it("of a stopped one are not made", async () => {
    const config = await target.stackConfig(facts, { ...goal, replicas: 0 });
    expect(secrets()).toEqual([]);
    expect(config).toMatchObject({ settings: "{}", operation: "operation-1" });
    const restoring = await target.stackConfig(facts, { ...goal, replicas: 0, isRestoring: true });
    expect(restoring.incoming).toMatch(new RegExp(`^${NAMESPACE_UID}/${NAMES.claim}-[0-9a-f]{8}$`));
  });
  it("are not written where the deployment lives in another cluster", async () => {
    const elsewhere = { ...facts, volume: `another/${NAMES.claim}` };
    await expect(target.stackConfig(elsewhere, goal)).rejects.toThrow("lives in another cluster");
    expect(secrets()).toEqual([]);
  });
  it("that the cluster refuses are a refusal in words", async () => {
    fake.refuse = (call) =>
      call === "POST secrets" ? { code: 403, message: "secrets is forbidden" } : undefined;
    await expect(target.stackConfig(facts, goal)).rejects.toThrow(
      "The Kubernetes API server refuses Berth this: secrets is forbidden",
    );
  });
});

it("measures by the metrics API where there is one, and says the rest without", async () => {
  const startedAt = new Date(Date.now() - 60_000);
  const running = { name: "assistant", restartCount: 2, state: { running: { startedAt } } };
  const spec = { containers: [{ name: "assistant", resources: { limits: { memory: "512Mi" } } }] };
  expect(await target.measure(ID)).toBeUndefined();
  has("pods", `${NAMES.set}-0`, ID, { spec, status: { containerStatuses: [running] } });
  const known = { memoryLimitBytes: 512 * 1024 ** 2, restarts: 2, receivedBytes: null, sentBytes: null };
  const without = await target.measure(ID);
  expect(without).toMatchObject({ ...known, cpuCores: null, memoryBytes: null });
  expect(without?.uptimeSeconds).toBeGreaterThanOrEqual(59);
  const usage = { cpu: "123456789n", memory: "2048Ki" };
  has("metrics", `${NAMES.set}-0`, ID, { containers: [{ name: "assistant", usage }] });
  expect(await target.measure(ID)).toMatchObject({ ...known, cpuCores: 0.123, memoryBytes: 2048 * 1024 });
});

it("reads what all use by one call, and nothing where the metrics API is not there or not allowed", async () => {
  const never = new AbortController().signal;
  const read = async () => [...((await target.readUsage?.([ID, OTHER], never)) ?? [])];
  expect(await read()).toEqual([]);
  const measured = (name: string, cpu: string) =>
    has("metrics", name, ID, {
      timestamp: "2026-11-30T04:05:06Z",
      containers: [{ name: "assistant", usage: { cpu, memory: "1Mi" } }],
    });
  measured(`${NAMES.set}-0`, "250m");
  measured("somebody-elses", "1");
  fake.calls.length = 0;
  expect(await read()).toEqual([
    [
      ID,
      {
        at: new Date("2026-11-30T04:05:06Z"),
        run: "",
        cpuSeconds: null,
        cpuCores: 0.25,
        memoryBytes: 1024 ** 2,
        receivedBytes: null,
        sentBytes: null,
      },
    ],
  ]);
  expect(fake.calls).toEqual(["GET metrics"]);
  for (const code of [403, 404, 503]) {
    fake.refuse = () => ({ code, message: "made up" });
    expect(await read()).toEqual([]);
  }
});
