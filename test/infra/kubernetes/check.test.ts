// What `berth kubernetes check` says of a cluster that lacks something, against an API server made up.
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { checkCluster } from "../../../infra/kubernetes/check.ts";
import { type Answered, type FakeKubernetes, startFakeKubernetes } from "../../support/fake-kubernetes.ts";
import { PLACE } from "../../support/kubernetes-place.ts";

const VERSION = "/version";
const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
const NAMESPACE = `/api/v1/namespaces/${PLACE.namespace}`;

let fake: FakeKubernetes;
beforeEach(async () => {
  fake = await startFakeKubernetes();
  vi.stubEnv("KUBECONFIG", fake.kubeconfig);
  says(VERSION, { major: "1", minor: "34", gitVersion: "v1.34.4" });
  says(CLASSES, { items: [classNamed("local-path")] });
  says(NAMESPACE, namespace("restricted"));
  says(REVIEWS, { status: { allowed: true } });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake.close();
});

function says(path: string, body: object, code = 200): void {
  fake.ofCluster.set(path, () => ({ code, body }));
}
const refusal = (code: number, message: string): Answered["body"] => ({ kind: "Status", code, message });
const classNamed = (name: string) => ({ metadata: { name }, provisioner: "example.com/disks" });
const namespace = (level: string | undefined) => ({
  metadata: { uid: PLACE.namespaceUid, labels: level && { "pod-security.kubernetes.io/enforce": level } },
});

/** What it says of one thing. */
async function checked(name: string, place = PLACE): Promise<string> {
  const found = (await checkCluster(place)).find((check) => check.name === name);
  return `${found?.state}: ${found?.message}`;
}

it("a cluster that has all of it lacks nothing", async () => {
  const checks = await checkCluster(PLACE);
  expect(checks.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "API server ok",
    "namespace ok",
    "rights ok",
    "storage class ok",
    "pod security ok",
    "network policy unknown",
  ]);
});

it.each([
  ["1", "29+", "v1.29.9-eks", "missing: It is v1.29.9-eks: Berth needs Kubernetes 1.30 or newer."],
  ["1", "30", "v1.30.0", "ok: It is v1.30.0."],
  ["2", "0", "v2.0.0", "ok: It is v2.0.0."],
])("version %s.%s", async (major, minor, gitVersion, said) => {
  says(VERSION, { major, minor, gitVersion });
  expect(await checked("API server")).toBe(said);
});

it("credentials that have ended are said alone", async () => {
  says(VERSION, refusal(401, "Unauthorized"), 401);
  expect(await checkCluster(PLACE)).toEqual([
    {
      name: "API server",
      state: "missing",
      message:
        "The Kubernetes API server refuses Berth's credentials: they have ended, or are of another cluster",
    },
  ]);
});

it("an API server that is away is said alone, and a program for credentials that is not there is none", async () => {
  const config = readFileSync(fake.kubeconfig, "utf8");
  writeFileSync(fake.kubeconfig, config.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1"));
  expect(await checked("API server")).toBe("missing: The Kubernetes API server is not reachable: bad port");
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "/nowhere/login" };
  const user = JSON.stringify({ exec });
  writeFileSync(fake.kubeconfig, config.replace('"user":{}', `"user":${user}`));
  expect(await checked("API server")).toMatch(/^missing: (?!.*not reachable).*\/nowhere\/login/);
});

it("a namespace that is not there names what makes it", async () => {
  says(NAMESPACE, refusal(404, 'namespaces "assistants" not found'), 404);
  expect(await checked("namespace")).toContain('namespaces "assistants" not found. Apply what');
});

it("each right that is refused is named, and who gives it", async () => {
  fake.ofCluster.set(REVIEWS, (sent) => {
    const { resourceAttributes: asked } = JSON.parse(sent).spec;
    const isRefused =
      asked.subresource === "exec" || (asked.resource === "secrets" && asked.verb === "update");
    return { code: 201, body: { status: { allowed: !isRefused } } };
  });
  expect(await checked("rights")).toMatch(
    /^missing: Berth may not update secrets, get pods\/exec, create pods\/exec\. Apply what/,
  );
});

it("a storage class that is not there names those that are, and none by default how to set one", async () => {
  const named = { ...PLACE, storageClass: "fast" };
  expect(await checked("storage class", named)).toBe(
    "missing: The cluster has no storage class fast; it has local-path. Set BERTH_KUBERNETES_STORAGE_CLASS to one of them.",
  );
  expect(await checked("storage class", { ...PLACE, storageClass: null })).toBe(
    "missing: The cluster has no default storage class; it has local-path. Set BERTH_KUBERNETES_STORAGE_CLASS to one of them.",
  );
  says(CLASSES, { items: [] });
  expect(await checked("storage class")).toBe(
    "missing: The cluster has no storage class. Its administrator has to install a driver that makes volumes.",
  );
  says(CLASSES, refusal(403, "forbidden"), 403);
  expect(await checked("storage class")).toMatch(/^unknown: Berth may not read/);
});

it.each([
  [undefined, "no profile"],
  ["baseline", "baseline"],
])("a namespace that enforces %s says what label it needs", async (level, found) => {
  says(NAMESPACE, namespace(level));
  expect(await checked("pod security")).toMatch(
    new RegExp(`^missing: The namespace enforces ${found}: .*enforce=restricted`),
  );
});
