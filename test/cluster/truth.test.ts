// What Berth says of an assistant whose cluster changes under it: doctor, a node that is cut off, an API server that goes away.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACTIVATION, paidSlot, type TestBerth, waitForStatus } from "../support/berth.ts";
import { endClusterBerth, startClusterBerth } from "../support/cluster/berth.ts";
import { order } from "../support/cluster/faults.ts";
import { SPEAKING_IMAGE } from "../support/cluster/images.ts";
import { kubectl, read } from "../support/cluster/kubectl.ts";

const NAMESPACE = "berth-truth";
const IN = ["--namespace", NAMESPACE];
const LONG = { timeout: 180_000, interval: 500 };

let berth: TestBerth;
let id: string;
let cutOff: string | undefined;

beforeAll(async () => {
  berth = await startClusterBerth(64, NAMESPACE, { BERTH_ASSISTANT_IMAGE: SPEAKING_IMAGE });
  id = await paidSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
});
afterAll(async () => {
  if (cutOff) await order("bring-back", cutOff);
  await endClusterBerth(berth, NAMESPACE);
});

const pod = () => read([...IN, "pod", `berth-${id}-0`]);
const seen = async () =>
  (
    (await berth.call("GET", `${id}/status`)).body.data?.drift as {
      seen: { state: string; detail: string };
    } | null
  )?.seen ?? null;

interface Examined {
  readonly findings: readonly { readonly check: string; readonly message: string }[];
  readonly unchecked: readonly string[];
  readonly checks: number;
}
const get = (path: string) =>
  fetch(`${berth.url}${path}`, { headers: { "X-API-Key": berth.environment.BERTH_API_KEY ?? "" } });
async function doctor(query: string): Promise<readonly Examined[]> {
  const answer = await get(`/api/v1/doctor?${query}`);
  return ((await answer.json()) as { data: Examined[] }).data;
}

it("doctor finds nothing wrong with an assistant that was left alone, nor with the cluster", async () => {
  const [own] = await doctor(`deployment=${id}`);
  expect(own).toMatchObject({ findings: [], unchecked: [] });
  expect(own?.checks).toBeGreaterThan(40);
  const all = await doctor("limit=10");
  expect(all.flatMap(({ findings }) => findings).map(({ check }) => check)).toEqual([]);
});

it("doctor finds what was done by hand: a policy removed, an object that is nobody's", async () => {
  kubectl([...IN, "delete", "networkpolicy", `berth-${id}-network`]);
  const stray = "0192f0c1-2345-7abc-8def-ba9876543210";
  kubectl([...IN, "create", "serviceaccount", "stray"]);
  kubectl([...IN, "label", "serviceaccount", "stray", `berth.dev/deployment=${stray}`]);
  const found = (await doctor("limit=10")).flatMap(({ findings }) => findings);
  expect(found.map(({ check }) => check).toSorted()).toEqual([
    "leftover-parts",
    "network-policy",
    "stack-resources",
  ]);
  kubectl([...IN, "delete", "serviceaccount", "stray"]);
  expect((await berth.call("POST", `${id}/redeploy`, {})).status).toBe(202);
  await waitForStatus(berth, id, "active");
  expect((await doctor(`deployment=${id}`))[0]?.findings).toEqual([]);
});

it("its use is among the metrics", async () => {
  const { sql } = berth.installation;
  await sql.updateTable("deployments").set({ state_check_at: null }).where("id", "=", id).execute();
  const metrics = async () => (await get("/metrics")).text();
  await expect.poll(metrics, LONG).toMatch(new RegExp(`berth_state_used_bytes\\{[^}]*${id}[^}]*\\} \\d`));
});

it("an API server that is gone for a while and comes back: what changes then is said within seconds", async () => {
  await order("restart-api-server");
  await expect.poll(seen, LONG).toBeNull();
  kubectl([...IN, "scale", `statefulset/berth-${id}`, "--replicas=0"]);
  await expect.poll(async () => (await seen())?.state, { timeout: 15_000, interval: 200 }).toBe("ended");
  kubectl([...IN, "scale", `statefulset/berth-${id}`, "--replicas=1"]);
  await expect.poll(seen, LONG).toBeNull();
});

it("a node that is cut off is named, with since when; when it is back, nothing differs", async () => {
  const before = pod();
  const node: string = before.spec.nodeName;
  cutOff = node;
  const cutOffAt = Date.now();
  await order("cut-off", node);
  await expect
    .poll(seen, LONG)
    .toMatchObject({ state: "unknown", detail: expect.stringContaining(`The node ${node}`) });
  const since = /has not answered since (\S+):/.exec((await seen())?.detail ?? "")?.[1] ?? "";
  expect(Math.abs(Date.parse(since) - cutOffAt)).toBeLessThan(90_000);
  const found = (await doctor(`deployment=${id}`))[0]?.findings ?? [];
  expect(found.map(({ check }) => check)).toContain("pod-state");
  await order("bring-back", node);
  cutOff = undefined;
  await expect.poll(seen, LONG).toBeNull();
  expect(pod().metadata.uid).toBe(before.metadata.uid);
});
