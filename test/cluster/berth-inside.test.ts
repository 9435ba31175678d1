// Berth itself in the cluster: its own image by its own manifest, with records and Pulumi's state in a real PostgreSQL. What
// the test plays is the ingress, and a class of volumes that all nodes share.
import { randomUUID } from "node:crypto";
import { chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { manifest } from "../../infra/kubernetes/manifest.ts";
import { ACTIVATION, API_KEY, callAt, paidSlot, waitForStatus } from "../support/berth.ts";
import { BERTH_IMAGE, putBerthImage } from "../support/cluster/berth-image.ts";
import { readBerthManifest } from "../support/cluster/berth-manifest.ts";
import { type Ingress, startIngress } from "../support/cluster/ingress.ts";
import { deleteNamespace, kubectl, read } from "../support/cluster/kubectl.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { tinyImageNames } from "../support/tiny-image.ts";

const NAMESPACE = "berth";
const IN = ["--namespace", NAMESPACE];
const ROLES = ["api", "worker", "gateway"] as const;
type Role = (typeof ROLES)[number];
const { control, host, nodes } = inject("cluster");

let postgres: PostgresServer;
let ingress: Ingress;
let shared: string;

beforeAll(async () => {
  await putBerthImage(nodes.map(({ name }) => name));
  postgres = await startPostgres({ address: host, from: `${host}/8` });
  ingress = await startIngress(host, 8080, () =>
    readyPods("api").map(({ status }: { status: { podIP: string } }) => status.podIP),
  );
  shared = mkdtempSync(join(tmpdir(), "berth-shared-"));
  apply(manifest(NAMESPACE));
  apply({ apiVersion: "v1", kind: "List", items: [volume(), await secret(), ...objects()] });
  for (const role of ROLES) rolledOut(role);
});
afterAll(async () => {
  deleteNamespace(NAMESPACE);
  kubectl(["delete", "persistentvolume", "berth-shared", "--ignore-not-found"]);
  ingress?.close();
  await postgres?.stop();
  rmSync(shared, { recursive: true, force: true });
});

function apply(objects: string | object): void {
  kubectl(["apply", "--filename=-"], objects);
}

/** The file's, with the names of this cluster: what an operator changes, and no more. */
function objects(): object[] {
  return readBerthManifest().map((object) => {
    if (object.kind === "ConfigMap") return { ...object, data: { ...object.data, ...settings() } };
    const text = JSON.stringify(object);
    return JSON.parse(text.replaceAll("registry.example.com/berth:0.1.0", BERTH_IMAGE));
  });
}

function settings(): Record<string, string> {
  return {
    BERTH_PUBLIC_URL: ingress.url,
    // Nobody plays the Services' proxy here.
    KUBERNETES_SERVICE_HOST: control,
    KUBERNETES_SERVICE_PORT: "6443",
    BERTH_ASSISTANT_IMAGE: tinyImageNames().healthy,
    BERTH_KUBERNETES_DATA_SIZE: "10Mi",
    BERTH_MEMORY_MIB: "192",
    BERTH_CPUS: "0.1",
    BERTH_MODEL_CHECK: "off",
    BERTH_TELEGRAM_CHECK: "off",
  };
}

async function secret(): Promise<object> {
  const url = postgres.url.replace("127.0.0.1", host);
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query("CREATE DATABASE pulumi");
  await client.end();
  const stringData = {
    DATABASE_URL: url,
    PULUMI_BACKEND_URL: `${url.replace(/\/postgres$/, "/pulumi")}?sslmode=disable`,
    BERTH_API_KEY: API_KEY,
  };
  return { apiVersion: "v1", kind: "Secret", metadata: { name: "berth", namespace: NAMESPACE }, stringData };
}

/** A folder of this host, which all nodes see. */
function volume(): object {
  const path = join(shared, "data");
  mkdirSync(path);
  chownSync(path, 1_000, 1_000);
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "berth-shared" },
    spec: {
      capacity: { storage: "50Gi" },
      accessModes: ["ReadWriteMany"],
      claimRef: { name: "berth-data", namespace: NAMESPACE },
      storageClassName: "berth-test-local",
      persistentVolumeReclaimPolicy: "Retain",
      hostPath: { path },
    },
  };
}

function podsOf(role: string) {
  return read([...IN, "pods", `--selector=app.kubernetes.io/name=berth,app.kubernetes.io/component=${role}`])
    .items;
}

function readyPods(role: string) {
  return podsOf(role).filter(
    ({ metadata, status }: { metadata: Metadata; status: PodStatus }) =>
      !metadata.deletionTimestamp &&
      status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
  );
}

interface Metadata {
  readonly deletionTimestamp?: string;
}

interface PodStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

function rolledOut(role: string): void {
  try {
    kubectl([...IN, "rollout", "status", `deployment/berth-${role}`, "--timeout=300s"]);
  } catch (error) {
    const selector = `--selector=app.kubernetes.io/component=${role}`;
    const said = kubectl([...IN, "logs", selector, "--tail=30", "--ignore-errors"]);
    throw new Error(`${error}\n${kubectl([...IN, "get", "pods,events"])}\n${said}`);
  }
}

/** By who asks again when a pod has died under the call. */
const berth = {
  async call(method: string, path: string, body?: unknown) {
    const headers = method === "GET" ? {} : { "Idempotency-Key": randomUUID() };
    for (const deadline = performance.now() + 120_000; ; await sleep(500)) {
      const answer = await callAt(ingress.url, method, path, body, headers).catch((error: Error) => {
        if (!(error instanceof TypeError) || performance.now() > deadline) throw error;
      });
      if (answer && answer.status !== 503) return answer;
    }
  },
};

const assistantPods = () => read([...IN, "pods", "--selector=berth.dev/deployment"]).items;
const waitFor = (id: string, status: string) => waitForStatus(berth, id, status);
async function order(id: string, call: string, body: object = {}): Promise<void> {
  const [method, path] = call === "delete" ? ["DELETE", id] : ["POST", `${id}/${call}`];
  const answer = await berth.call(method as string, path as string, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
}

it("has two ready pods of each role, and says that it is ready", async () => {
  for (const role of ROLES) expect(readyPods(role)).toHaveLength(2);
  expect((await fetch(`${ingress.url}/readyz`)).status).toBe(200);
});

const ids: string[] = [];
it("sells and activates assistants, as outside of it", async () => {
  while (ids.length < 3) ids.push(await paidSlot(berth));
  for (const id of ids) await order(id, "activate", ACTIVATION);
  for (const id of ids) await waitFor(id, "active");
  expect(assistantPods().map(({ status }: { status: { phase: string } }) => status.phase)).toEqual(
    ids.map(() => "Running"),
  );
});

/** Whose pods are killed in the middle of each call. */
const KILLED: readonly Killed[] = [
  { call: "stop", roles: ["worker"] },
  { call: "redeploy", roles: ["worker", "worker"] },
  { call: "stop", roles: ["api", "gateway", "worker"] },
  { call: "redeploy", roles: ["api", "api"] },
];
interface Killed {
  readonly call: "stop" | "redeploy";
  readonly roles: readonly Role[];
}
it.each(KILLED)(
  "$call ends as asked for each though $roles is killed meanwhile, with one pod",
  async ({ call, roles }) => {
    for (const id of ids) await order(id, call);
    const victims = roles.map((role, at) => readyPods(role)[roles.indexOf(role) === at ? 0 : 1]);
    const names = victims.map(({ metadata }) => metadata.name);
    kubectl([...IN, "delete", "pod", ...names, "--force", "--grace-period=0", "--wait=false"]);
    const status = call === "stop" ? "stopped" : "active";
    for (const id of ids) await waitFor(id, status);
    const running = assistantPods().filter(
      ({ metadata }: { metadata: Metadata }) => !metadata.deletionTimestamp,
    );
    expect(running).toHaveLength(call === "stop" ? 0 : ids.length);
  },
);

it("works with one worker, and with three; deleted, nothing is left of an assistant", async () => {
  for (const [at, replicas] of [1, 3].entries()) {
    kubectl([...IN, "scale", "deployment/berth-worker", `--replicas=${replicas}`]);
    rolledOut("worker");
    await order(ids[at] ?? "", "stop");
    await waitFor(ids[at] ?? "", "stopped");
  }
  for (const id of ids) await order(id, "delete");
  for (const id of ids) await waitFor(id, "deleted");
  expect(read([...IN, "all,pvc,secret", "--selector=berth.dev/deployment"]).items).toEqual([]);
});
