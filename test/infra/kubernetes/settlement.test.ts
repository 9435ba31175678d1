// Whether the cluster runs what was asked for, against an API server made up: which pod is ended, what is waited for, what is said.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connect } from "../../../infra/kubernetes/client.ts";
import { type Asked, settle } from "../../../infra/kubernetes/settlement.ts";
import { type FakeKubernetes, startFakeKubernetes } from "../../support/fake-kubernetes.ts";
import { PLACE } from "../../support/kubernetes-place.ts";
import { ownTime } from "../../support/own-time.ts";

const ID = "01940000-0000-7000-8000-000000000001";
const SET = `statefulsets/berth-${ID}`;
const POD = `pods/berth-${ID}-0`;
const ASKED: Asked = { deploymentId: ID, asked: "new", replicas: 1, timeoutSeconds: 20 };
const started = async () => ({ says: "started", isFit: true });

let fake: FakeKubernetes;
beforeEach(async () => {
  fake = await startFakeKubernetes();
  vi.stubEnv("KUBECONFIG", fake.kubeconfig);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake.close();
});

const annotations = (hash: string) => ({ "berth.dev/asked": hash });

function hasSet(hash: string, replicas = 1): void {
  const template = { metadata: { annotations: annotations(hash) } };
  fake.objects.set(SET, {
    metadata: { name: `berth-${ID}`, generation: 1, managedFields: [{ manager: "kubectl-edit" }] },
    spec: { replicas, template },
    status: { observedGeneration: 1 },
  });
}

function hasPod(hash: string, status: object = { conditions: [{ type: "Ready", status: "True" }] }): void {
  const metadata = { name: `berth-${ID}-0`, uid: `uid-${hash}`, annotations: annotations(hash) };
  fake.objects.set(POD, { metadata, status });
}

function unscheduled(since: string): object {
  const condition = { type: "PodScheduled", status: "False", message: "full", lastTransitionTime: since };
  return { conditions: [condition] };
}

it("one that runs as asked for, and says so itself, is settled; nothing is ended", async () => {
  hasSet("new");
  hasPod("new");
  await settle(connect(PLACE), ASKED, started);
  expect(fake.calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
});

it("a pod that is another one than was asked for is ended, and the next one waited for", async () => {
  hasSet("new");
  hasPod("old");
  fake.onChange = (call) => {
    if (call === `DELETE ${POD}`) hasPod("new");
  };
  await settle(connect(PLACE), ASKED, started);
  expect(fake.calls.filter((call) => call.startsWith("DELETE"))).toEqual([`DELETE ${POD}`]);
});

it("a pod that is ready by the kubelet's word and not by its own is not settled", async () => {
  hasSet("new");
  hasPod("new");
  const starting = async () => ({ says: "starting", isFit: true });
  await expect(settle(connect(PLACE), { ...ASKED, timeoutSeconds: 2 }, starting)).rejects.toThrow(
    "did not become ready within 2 s; last answer: starting",
  );
});

it("one that can't start fails long before the deadline", async () => {
  hasSet("new");
  const waiting = { reason: "ImagePullBackOff", message: "not found" };
  hasPod("new", { containerStatuses: [{ name: "assistant", restartCount: 0, state: { waiting } }] });
  const ownMs = ownTime();
  await expect(settle(connect(PLACE), ASKED, started)).rejects.toThrow(
    "The cluster can't pull its image: not found",
  );
  expect(ownMs()).toBeLessThan(10_000);
});

it.each([
  ["has no node", {}, "its pod is Pending, no exit code; ProvisioningFailed: no disk is left."],
  ["has one", { nodeName: "a" }, "its pod is Pending, no exit code."],
])("what is said of its claim alone is the reason where its pod %s", async (_what, spec, said) => {
  hasSet("new");
  hasPod("new", { phase: "Pending" });
  Object.assign(fake.objects.get(POD) ?? {}, { spec });
  fake.objects.set("events/one", {
    ...{ metadata: { name: "one" }, involvedObject: { name: "the-claim" } },
    ...{ type: "Warning", reason: "ProvisioningFailed", message: "no disk is left" },
  });
  const settled = settle(connect(PLACE), { ...ASKED, timeoutSeconds: 1, claim: "the-claim" }, started);
  await expect(settled).rejects.toThrow(said);
});

it("one that starts again and again is ended once, to start at once, and then waited for", async () => {
  hasSet("new");
  const waiting = { reason: "CrashLoopBackOff" };
  hasPod("new", { containerStatuses: [{ name: "assistant", restartCount: 9, state: { waiting } }] });
  fake.onChange = () => hasPod("new");
  await settle(connect(PLACE), ASKED, started);
  expect(fake.calls.filter((call) => call.startsWith("DELETE"))).toEqual([`DELETE ${POD}`]);
});

it("a set that somebody else has changed meanwhile is said, and by whom", async () => {
  hasSet("theirs");
  await expect(settle(connect(PLACE), ASKED, started)).rejects.toThrow(
    'asks for another pod; conflict with "kubectl-edit"',
  );
  hasSet("new", 3);
  await expect(settle(connect(PLACE), ASKED, started)).rejects.toThrow("asks for 3 replicas");
});

it("a stopped one is settled when it has no pod any more", async () => {
  hasSet("new", 0);
  hasPod("new");
  setTimeout(() => fake.objects.delete(POD), 700);
  await settle(connect(PLACE), { ...ASKED, replicas: 0 }, started);
  expect(fake.objects.has(POD)).toBe(false);
});

it.each([
  ["ahead", 3_600_000],
  ["behind", -3_600_000],
])("the cluster's clock counts, where this machine's is an hour %s", async (_where, ms) => {
  const now = () => Date.now() - ms;
  const at = (seconds: number) => new Date(now() + seconds * 1000).toISOString();
  fake.now = now;
  hasSet("new");
  // It ends in good order: the cluster gives it twenty seconds.
  hasPod("new");
  Object.assign(fake.objects.get(POD)?.metadata ?? {}, { deletionTimestamp: at(20) });
  setTimeout(() => hasPod("new", unscheduled(at(-10))), 700);
  setTimeout(() => hasPod("new"), 1_400);
  await settle(connect(PLACE), ASKED, started);
  // No node has taken it for minutes.
  hasPod("new", unscheduled(at(-200)));
  await expect(settle(connect(PLACE), ASKED, started)).rejects.toThrow("No node takes its pod: full");
  hasSet("new", 0);
  hasPod("new");
  Object.assign(fake.objects.get(POD)?.metadata ?? {}, { deletionTimestamp: at(-60) });
  await expect(settle(connect(PLACE), { ...ASKED, replicas: 0 }, started)).rejects.toThrow(
    "The node of its pod does not answer",
  );
});

it("an API server that has too much to do, or is not well for a moment, is asked again", async () => {
  hasSet("new");
  hasPod("new");
  const answers = [429, 500, 503, 504];
  fake.refuse = () => {
    const code = answers.shift();
    return code === undefined ? undefined : { code, message: "etcdserver: leader changed" };
  };
  await settle(connect(PLACE), ASKED, started);
  hasSet("new", 0);
  fake.objects.delete(POD);
  answers.push(500, 429);
  await settle(connect(PLACE), { ...ASKED, replicas: 0 }, started);
  expect(answers).toEqual([]);
  fake.refuse = () => ({ code: 403, message: "no" });
  await expect(settle(connect(PLACE), ASKED, started)).rejects.toThrow("refuses Berth this: no");
  fake.refuse = () => ({ code: 503, message: "no" });
  await expect(settle(connect(PLACE), { ...ASKED, timeoutSeconds: 1 }, started)).rejects.toThrow(
    "answers 503: no",
  );
});
