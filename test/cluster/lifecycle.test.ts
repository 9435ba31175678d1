// A whole Berth on the cluster, with a tiny image: the life of an assistant, what is in the cluster at each step, and nothing after.
// It has the rights of `berth kubernetes manifest`, and no others.
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkCluster } from "../../infra/kubernetes/check.ts";
import type { KubernetesPlace } from "../../infra/kubernetes/place.ts";
import { openTarget } from "../../infra/targets.ts";
import {
  ACTIVATION,
  BOT_SECRET,
  MODEL_KEY,
  paidSlot,
  type TestBerth,
  waitForStatus,
} from "../support/berth.ts";
import { endClusterBerth, startClusterBerth } from "../support/cluster/berth.ts";
import { kubectl, read } from "../support/cluster/kubectl.ts";
import { tinyImageNames } from "../support/tiny-image.ts";

const NAMESPACE = "berth-life";
const IN = ["--namespace", NAMESPACE];
const { healthy, crashing } = tinyImageNames();

let berth: TestBerth;
let id: string;

beforeAll(async () => {
  berth = await startClusterBerth(62, NAMESPACE, {
    BERTH_ASSISTANT_IMAGE: healthy,
    BERTH_ALLOWED_IMAGES: [healthy, crashing].map((image) => image.split(":")[0]).join(","),
  });
});
afterAll(() => endClusterBerth(berth, NAMESPACE));

const data = async (path = "") => (await berth.call("GET", `${id}${path}`)).body.data;
const mine = (kind: string) => read([...IN, kind, "--selector", `berth.dev/deployment=${id}`]).items;
const pod = () => read([...IN, "pod", `berth-${id}-0`]);
const inside = (...command: string[]) => kubectl([...IN, "exec", `berth-${id}-0`, "--", ...command]);
const cause = async () => ((await data("/status"))?.operation as { error: object } | undefined)?.error;
const seen = async () =>
  ((await data("/status"))?.drift as { seen: { state: string } | null } | null)?.seen?.state ?? null;
const untilEnded = (state = "succeeded") =>
  expect
    .poll(async () => (await data("/status"))?.operation, { timeout: 120_000, interval: 500 })
    .toMatchObject({ state, finishedAt: expect.any(String) });
async function order(call: string, status: string): Promise<void> {
  expect((await berth.call("POST", `${id}/${call}`, {})).status).toBe(202);
  await waitForStatus(berth, id, status);
}

it("the cluster has all that Berth needs, with the rights of its manifest", async () => {
  const [place] = berth.installation.settings.places as [KubernetesPlace];
  const checks = await checkCluster(place);
  expect(checks.filter(({ state }) => state === "missing")).toEqual([]);
  expect(checks.map(({ name, state }) => [name, state])).toContainEqual(["rights", "ok"]);
});

it("a slot is bought, and activated: the pod runs, hardened, on its claim", async () => {
  id = await paidSlot(berth);
  expect((await berth.call("POST", `${id}/activate`, ACTIVATION)).status).toBe(202);
  await waitForStatus(berth, id, "active");
  const { spec, status } = pod();
  expect(status.phase).toBe("Running");
  expect(spec.containers[0].securityContext.readOnlyRootFilesystem).toBe(true);
  expect(inside("ls", "-ld", "/home/node/.openclaw")).toMatch(/^drwx--S--- +\d+ 1000 +1000/);
  expect(JSON.parse(inside("cat", "/home/node/.openclaw/openclaw.json")).gateway.mode).toBe("local");
  expect(mine("persistentvolumeclaims")).toMatchObject([{ status: { phase: "Bound" } }]);
});

it("its secrets are in one Secret, and neither in its stack nor in its pod's spec", async () => {
  expect(mine("secrets")).toHaveLength(1);
  const said = JSON.stringify([await data("/stack"), pod(), mine("statefulsets")]);
  for (const secret of [BOT_SECRET, MODEL_KEY]) expect(said).not.toContain(secret);
  expect(inside("sh", "-c", "cat /run/berth/*.json")).toContain(MODEL_KEY);
  expect(inside("sh", "-c", "cat /proc/*/environ 2> /dev/null || true")).not.toContain(MODEL_KEY);
});

it("its logs and its use are shown", async () => {
  const { url } = berth;
  const headers = { "X-API-Key": berth.environment.BERTH_API_KEY ?? "" };
  const logs = await fetch(`${url}/api/v1/assistants/${id}/logs`, { headers });
  expect(logs.status).toBe(200);
  await logs.text();
  expect(await data("/metrics")).toMatchObject({ memoryLimitBytes: 192 * 1024 ** 2, restarts: 0 });
});

it("a redeploy without a change leaves its pod as it is", async () => {
  const { uid } = pod().metadata;
  await order("redeploy", "active");
  expect(pod().metadata.uid).toBe(uid);
});

it("a change of its model replaces its pod, and its data stays", async () => {
  inside("sh", "-c", "echo kept > /home/node/.openclaw/note");
  const { uid } = pod().metadata;
  expect((await berth.call("PATCH", id, { modelId: "claude-opus-4-5" })).status).toBe(200);
  await untilEnded();
  expect(pod().metadata.uid).not.toBe(uid);
  expect(inside("cat", "/home/node/.openclaw/note")).toBe("kept\n");
  expect(inside("cat", "/home/node/.openclaw/openclaw.json")).toContain("claude-opus-4-5");
});

let backupId: string;
it("its data is backed up while it stands still, and it goes on; no helper is left", async () => {
  const asked = await berth.call("POST", `${id}/backups`);
  backupId = String(asked.body.data?.backupId);
  await untilEnded();
  await expect.poll(() => pod().status.phase, { timeout: 60_000 }).toBe("Running");
  expect(mine("pods")).toHaveLength(1);
});

it("stopped, it has no pod and no Secret, and its claim stays", async () => {
  await order("stop", "stopped");
  expect(mine("pods")).toEqual([]);
  expect(mine("secrets")).toEqual([]);
  expect(mine("persistentvolumeclaims")).toHaveLength(1);
});

it("a backup is restored into a fresh claim, and a redeploy starts it with that", async () => {
  const [before] = mine("persistentvolumeclaims");
  expect((await berth.call("POST", `${id}/restore`, { backupId })).status).toBe(202);
  await untilEnded();
  expect(mine("persistentvolumeclaims")).toHaveLength(1);
  expect(mine("persistentvolumeclaims")[0].metadata.name).not.toBe(before.metadata.name);
  await order("redeploy", "active");
  expect(inside("cat", "/home/node/.openclaw/note")).toBe("kept\n");
});

it("scaled down by hand, it is drift, said within seconds; a redeploy mends it", async () => {
  kubectl([...IN, "scale", `statefulset/berth-${id}`, "--replicas=0"]);
  await expect.poll(seen, { timeout: 60_000, interval: 500 }).toBe("ended");
  await order("redeploy", "active");
  expect(pod().status.phase).toBe("Running");
});

it("a field that somebody else has taken is not fought over, and said", async () => {
  const change = { spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } } };
  const by = ["--type=merge", "--field-manager=somebody", "--patch", JSON.stringify(change)];
  kubectl([...IN, "patch", "statefulset", `berth-${id}`, ...by]);
  expect((await berth.call("POST", `${id}/redeploy`, {})).status).toBe(202);
  await untilEnded("failed");
  expect(await cause()).toMatchObject({
    code: "CHANGED_BY_ANOTHER",
    message: expect.stringContaining("somebody"),
  });
  const back = { spec: { template: { spec: { terminationGracePeriodSeconds: 35 } } } };
  const given = ["--type=merge", "--field-manager=somebody", "--patch", JSON.stringify(back)];
  kubectl([...IN, "patch", "statefulset", `berth-${id}`, ...given]);
  await order("redeploy", "active");
});

it("an image that keeps ending is taken back, with its last words, long before the deadline", async () => {
  const begun = performance.now();
  expect((await berth.call("POST", `${id}/redeploy`, { image: crashing })).status).toBe(202);
  await untilEnded("failed");
  expect(performance.now() - begun).toBeLessThan(100_000);
  expect(await cause()).toMatchObject({
    code: "UPGRADE_ROLLED_BACK",
    message: expect.stringMatching(/CRASHED.*crashing on purpose/s),
  });
  expect((await data("/status"))?.status).toBe("active");
  expect(pod().spec.containers[0].image).toBe(healthy);
  expect(inside("cat", "/home/node/.openclaw/note")).toBe("kept\n");
});

it("deleted, nothing of it is left in the cluster", async () => {
  const [place] = berth.installation.settings.places;
  expect((await berth.call("DELETE", id)).status).toBe(202);
  await expect.poll(async () => (await data("/status"))?.status, { timeout: 120_000 }).toBe("deleted");
  for (const kind of [
    "pods",
    "statefulsets",
    "secrets",
    "persistentvolumeclaims",
    "networkpolicies",
    "serviceaccounts",
  ])
    expect(mine(kind)).toEqual([]);
  if (place) await (await openTarget(place)).assertAnswers(5_000);
});
