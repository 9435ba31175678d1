// A target is a folder and its row: one that Berth itself does not know carries a deployment through its whole life. All of
// it is in test/support/memory-target; for it two tables take a row each, and no other file has to change.
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readConfig } from "../../api/config/config.ts";
import { Sampler } from "../../stacks/watch/samples.ts";
import "../support/memory-target/row.ts";
import "../support/memory-target/watch.ts";
import {
  ACTIVATION,
  BOT_SECRET,
  MODEL_KEY,
  paidSlot,
  startTestBerth,
  type TestBerth,
  waitForStatus,
} from "../support/berth.ts";
import { startWorld, type World } from "../support/memory-target/world.ts";

const ROW = new URL("../support/memory-target/row.ts", import.meta.url).href;

let world: World;
let berth: TestBerth;
let id: string;
beforeAll(async () => {
  world = await startWorld();
  berth = await startTestBerth(90, {
    BERTH_TARGET: "memory",
    MEMORY_WORLD: world.url,
    // Of the processes that carry out operations.
    NODE_OPTIONS: `--import=${ROW}`,
  });
});
afterAll(async () => {
  await berth?.stop();
  await world?.close();
  if (berth) await rm(berth.dataDir, { recursive: true, force: true });
});

const held = () => world.held.get(id);
const data = async (path: string) => (await berth.call("GET", `${id}${path}`)).body.data;
const imageOf = async () => (await data(""))?.image as { readonly pinned: string | null } | undefined;
const seen = async () =>
  ((await data("/status"))?.drift as { seen: { state: string } | null } | null)?.seen?.state ?? null;
const untilEnded = () =>
  expect
    .poll(async () => (await data("/status"))?.operation)
    .toMatchObject({ state: "succeeded", finishedAt: expect.any(String) });

it("a target that nobody has added stops the start, with the names of those that there are", () => {
  expect(() => readConfig({ BERTH_TARGET: "swarm" })).toThrow(
    "BERTH_TARGET: must be one of docker, aws, kubernetes, memory, elsewhere, or several with commas",
  );
});

it("a slot is bought, and activated", async () => {
  id = await paidSlot(berth);
  expect((await berth.call("POST", `${id}/activate`, ACTIVATION)).status).toBe(202);
  await waitForStatus(berth, id, "active");
  expect(held()?.assistant?.isRunning).toBe(true);
  expect(Object.values(held()?.secrets ?? {})).toContain(MODEL_KEY);
  expect(await seen()).toBe(null);
});

it("its stack holds no secret, and its image is pinned", async () => {
  const stack = JSON.stringify(await data("/stack"));
  for (const secret of [BOT_SECRET, MODEL_KEY]) expect(stack).not.toContain(secret);
  expect(await imageOf()).toMatchObject({ pinned: expect.stringMatching(/@sha256:[0-9a-f]{64}$/) });
});

it("its logs and its use are shown", async () => {
  const { url } = berth;
  const headers = { "X-API-Key": berth.environment.BERTH_API_KEY ?? "" };
  const logs = await fetch(`${url}/api/v1/assistants/${id}/logs`, { headers });
  expect(await logs.text()).toContain("has started");
  expect(await data("/metrics")).toMatchObject({ memoryLimitBytes: 1024 * 1024, stateLimitBytes: null });
  const { sql, settings } = berth.installation;
  for (const place of settings.places)
    await new Sampler({ sql, settings }, place).sample(AbortSignal.timeout(60_000));
  expect(await data("/metrics/history")).toContainEqual(expect.objectContaining({ cpuCores: 0.5 }));
});

it("what it can't do is refused, and doctor says what was not looked at", async () => {
  const { status, body } = await berth.call("GET", `${id}/pairing`);
  expect([status, body.error?.code]).toEqual([409, "INVALID_STATE"]);
  const examined = await berth.call("GET", `/api/v1/doctor?deployment=${id}`);
  expect(examined.body.data).toMatchObject([{ findings: [], unchecked: ["what memory holds of it"] }]);
});

let backupId: string;
it("its data is backed up while it stands still, and it goes on", async () => {
  Object.assign(held()?.files ?? {}, { "workspace/note.md": "before" });
  const asked = await berth.call("POST", `${id}/backups`);
  expect(asked.status).toBe(202);
  backupId = String(asked.body.data?.backupId);
  await untilEnded();
  expect(held()?.assistant?.isRunning).toBe(true);
  expect(world.calls.get("halt")).toBe(1);
});

it("drift is found, and a redeploy mends it", async () => {
  Object.assign(held()?.assistant ?? {}, { isRunning: false });
  await expect.poll(seen).toBe("ended");
  await berth.call("POST", `${id}/redeploy`);
  await waitForStatus(berth, id, "active");
  expect(held()?.assistant?.isRunning).toBe(true);
  expect(await seen()).toBe(null);
});

it("a change of its settings reaches it, and so does another image, with a backup before", async () => {
  await berth.call("PATCH", id, { modelId: "claude-opus-4-5" });
  await untilEnded();
  const image = "ghcr.io/openclaw/openclaw:2026.9.7";
  expect((await berth.call("POST", `/api/v1/fleet/${id}/upgrade`, { image })).status).toBe(202);
  await untilEnded();
  expect(held()?.assistant).toMatchObject({ isRunning: true, image: (await imageOf())?.pinned });
  const { body } = await berth.call("GET", `${id}/backups`);
  expect(body.data).toMatchObject([{ reason: "upgrade", state: "ready" }, { id: backupId }]);
});

it("it is stopped, and gets back the data of the backup", async () => {
  Object.assign(held()?.files ?? {}, { "workspace/note.md": "after" });
  await berth.call("POST", `${id}/stop`);
  await waitForStatus(berth, id, "stopped");
  expect(held()).toMatchObject({ assistant: null, secrets: null, files: { "workspace/note.md": "after" } });
  expect((await berth.call("POST", `${id}/restore`, { backupId })).status).toBe(202);
  await untilEnded();
  expect(held()?.files).toEqual({ "workspace/note.md": "before" });
});

it("a redeploy starts it with that data", async () => {
  await berth.call("POST", `${id}/redeploy`);
  await waitForStatus(berth, id, "active");
  expect(held()).toMatchObject({
    assistant: { isRunning: true },
    files: { "workspace/note.md": "before" },
  });
});

it("deleted, nothing is left of it", async () => {
  expect((await berth.call("DELETE", id)).status).toBe(202);
  await expect.poll(async () => (await data("/status"))?.status).toBe("deleted");
  expect(world.held.has(id)).toBe(false);
});
