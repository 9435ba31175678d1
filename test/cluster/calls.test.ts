// Berth's calls to an assistant in its pod, and its settings while it runs: a stand-in that speaks as OpenClaw with Berth's plugin
// does. They go through the API server: Berth has no other way to a pod.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACTIVATION, newBotToken, paidSlot, type TestBerth, waitForStatus } from "../support/berth.ts";
import { endClusterBerth, startClusterBerth } from "../support/cluster/berth.ts";
import { SPEAKING_IMAGE } from "../support/cluster/images.ts";
import { kubectl, read } from "../support/cluster/kubectl.ts";

const NAMESPACE = "berth-calls";
const IN = ["--namespace", NAMESPACE];
const STRANGER = {
  requestId: "request-1",
  code: "ABCD2345",
  senderId: "987654321",
  createdAt: "2026-01-02T03:04:05.678Z",
  metadata: { username: "stranger" },
};
const LONG = { timeout: 120_000, interval: 500 };

let berth: TestBerth;
let id: string;

beforeAll(async () => {
  berth = await startClusterBerth(63, NAMESPACE, {
    BERTH_ASSISTANT_IMAGE: SPEAKING_IMAGE,
    BERTH_STATE_MIB: "2",
  });
  id = await paidSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
});
afterAll(() => endClusterBerth(berth, NAMESPACE));

const pod = () => read([...IN, "pod", `berth-${id}-0`]);
const inside = (...command: string[]) => kubectl([...IN, "exec", `berth-${id}-0`, "--", ...command]);
const status = async () => (await berth.call("GET", `${id}/status`)).body.data;
const settings = () => JSON.parse(inside("cat", "/home/node/.openclaw/openclaw.json"));
const secrets = () => JSON.parse(inside("cat", settings().secrets.providers.berth.path));
/** What the assistant says from now on. */
function tell(what: object): void {
  const program = `require("fs").writeFileSync("/home/node/.openclaw/told.json", process.argv[1])`;
  inside("node", "-e", program, JSON.stringify(what));
}
const untilEnded = (state = "succeeded") =>
  expect
    .poll(async () => (await status())?.operation, LONG)
    .toMatchObject({ state, finishedAt: expect.any(String) });

it("who waits to be let in is listed, and let in by the code", async () => {
  expect(await berth.call("GET", `${id}/pairing`)).toMatchObject({ status: 200, body: { data: [] } });
  tell({ pairings: [STRANGER] });
  const listed = await berth.call("GET", `${id}/pairing`);
  expect(listed.body.data).toEqual([
    { code: "ABCD2345", userId: "987654321", name: "@stranger", requestedAt: STRANGER.createdAt },
  ]);
  const approved = await berth.call("POST", `${id}/pairing/approve`, { code: "ABCD2345" });
  expect(approved).toMatchObject({ status: 200, body: { data: { isNotified: true } } });
  expect((await berth.call("POST", `${id}/pairing/approve`, { code: "ABCD2345" })).status).toBe(404);
});

it("the status says when somebody wrote and was answered, and that a model fails", async () => {
  const at = Date.now() - 60_000;
  tell({ status: { lastMessageAt: at, lastAnswerAt: at + 1_000 } });
  await expect.poll(status, LONG).toMatchObject({
    lastMessageAt: new Date(at).toISOString(),
    lastAnswerAt: new Date(at + 1_000).toISOString(),
  });
  const since = Date.now();
  tell({ status: { lastMessageAt: since, failure: { kind: "model", status: 429, since, at: since } } });
  await expect
    .poll(async () => (await status())?.warning, LONG)
    .toMatchObject({ cause: { code: "MODEL_UNAVAILABLE" } });
  tell({});
  await expect.poll(async () => (await status())?.warning, LONG).toBeNull();
});

it("a warning says what the assistant itself calls not ready", async () => {
  tell({ ready: { ready: false, failing: ["telegram"] } });
  await expect
    .poll(async () => (await status())?.warning, LONG)
    .toMatchObject({ cause: { code: "NOT_READY", message: expect.stringContaining("telegram") } });
  tell({});
  await expect.poll(async () => (await status())?.warning, LONG).toBeNull();
});

it("another model and another bot are taken while it runs: its pod stays, and only the new secrets are there", async () => {
  const before = pod();
  const path = settings().secrets.providers.berth.path;
  const telegramBotToken = newBotToken();
  expect((await berth.call("PATCH", id, { modelId: "claude-opus-4-5", telegramBotToken })).status).toBe(200);
  await untilEnded();
  const after = pod();
  expect(after.metadata.uid).toBe(before.metadata.uid);
  expect(after.status.containerStatuses[0].restartCount).toBe(0);
  expect(settings().agents.defaults.model.primary).toBe("anthropic/claude-opus-4-5");
  expect(settings().secrets.providers.berth.path).not.toBe(path);
  expect(secrets().telegram).toBe(telegramBotToken);
  expect(inside("sh", "-c", "ls /run/berth/*.json").trim()).toBe(settings().secrets.providers.berth.path);
  const set = read([...IN, "statefulset", `berth-${id}`]);
  const asked = set.spec.template.metadata.annotations["berth.dev/asked"];
  expect(after.metadata.annotations["berth.dev/asked"]).toBe(asked);
  expect(after.metadata.annotations["berth.dev/asked"]).not.toBe(
    before.metadata.annotations["berth.dev/asked"],
  );
});

it("a pod that is made anew after that has them, too", async () => {
  const { uid } = pod().metadata;
  const { telegram } = secrets();
  kubectl([...IN, "delete", "pod", `berth-${id}-0`, "--wait=false"]);
  await expect
    .poll(
      () => read([...IN, "pods"]).items.map(({ metadata }: { metadata: { uid: string } }) => metadata.uid),
      LONG,
    )
    .not.toContain(uid);
  await expect.poll(() => pod().status.containerStatuses?.[0].ready, LONG).toBe(true);
  expect(settings().agents.defaults.model.primary).toBe("anthropic/claude-opus-4-5");
  expect(secrets().telegram).toBe(telegram);
});

it("settings that it refuses are taken back: it runs on with those before", async () => {
  await expect.poll(async () => (await status())?.drift, LONG).toBeNull();
  const { uid } = pod().metadata;
  expect((await berth.call("PATCH", id, { modelId: "refused-model" })).status).toBe(200);
  await untilEnded("failed");
  expect((await status())?.status).toBe("active");
  expect(JSON.stringify((await status())?.operation)).toContain("refused on purpose");
  expect(pod().metadata.uid).toBe(uid);
  expect(settings().agents.defaults.model.primary).toBe("anthropic/claude-opus-4-5");
  expect((await berth.call("PATCH", id, { modelId: "claude-opus-4-5" })).status).toBe(200);
  await untilEnded();
  expect(pod().metadata.uid).toBe(uid);
});

const used = async () => (await berth.call("GET", `${id}/metrics`)).body.data?.stateUsedBytes ?? null;
/** Has it measured now. */
const measure = () =>
  berth.installation.sql
    .updateTable("deployments")
    .set({ state_check_at: null })
    .where("id", "=", id)
    .execute();

it("its data is measured in its pod; with more than the limit it is stopped, and a redeploy gives it time", async () => {
  await measure();
  await expect.poll(used, LONG).toBeGreaterThan(0);
  expect(await used()).toBeLessThan(1_000_000);
  const write = `require("fs").writeFileSync("/home/node/.openclaw/large", Buffer.alloc(3_000_000, 1))`;
  inside("node", "-e", write);
  await measure();
  await expect.poll(async () => (await status())?.status, LONG).toBe("failed");
  expect(JSON.stringify(await status())).toMatch(/its data takes [\d.]+ MiB of the 2 MiB/);
  await expect.poll(() => read([...IN, "pods"]).items, LONG).toEqual([]);
  expect((await berth.call("POST", `${id}/redeploy`, {})).status).toBe(202);
  await waitForStatus(berth, id, "active");
  expect(inside("ls", "/home/node/.openclaw")).toContain("large");
});
