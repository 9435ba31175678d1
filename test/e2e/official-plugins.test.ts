// A life with plugins that Berth takes for official ones, as programs of their own: they are kept from one operation to the next,
// and nobody waits for what the official docker plugin waits for.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACTIVATION, paidSlot, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { docker, labelled, NOTHING, whileActive } from "../support/docker.ts";
import { withOfficialPlugins } from "../support/official-plugins/paths.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

let berth: TestBerth;
let isClosed = false;
let id: string;
const path = process.env.PATH;
beforeAll(async () => {
  const { healthy } = await ensureTinyImages();
  process.env.PATH = withOfficialPlugins();
  berth = await startTestBerth(70, { BERTH_ASSISTANT_IMAGE: healthy, BERTH_CONCURRENCY: "1" });
  id = await paidSlot(berth);
  await ended();
});
afterAll(async () => {
  if (!isClosed) await berth?.close();
  if (path !== undefined) process.env.PATH = path;
});

/** What the docker plugin has noted since it was last read: which process, and what. */
let seen = 0;
function noted(): { pid: string; what: string }[] {
  const lines = readFileSync(join(berth.dataDir, "state-plugin.log"), "utf8").trim().split("\n");
  const news = lines.slice(seen);
  seen = lines.length;
  return news.map((line) => {
    const [pid = "", ...words] = line.split(" ");
    return { pid, what: words.join(" ") };
  });
}

async function ended(): Promise<void> {
  for (const deadline = Date.now() + 300_000; Date.now() < deadline; await sleep(50)) {
    const operation = (await berth.call("GET", `${id}/status`)).body.data?.operation;
    if ((operation as { finishedAt: string | null } | null)?.finishedAt) return;
  }
  throw new Error("The operation has not ended.");
}

async function called(method: string, call: string, wanted: string, body?: unknown) {
  await berth.call(method, call, body);
  const status = await waitForStatus(berth, id, wanted);
  await ended();
  return status;
}

let plugin: string;

it("makes the network of a paid slot by the plugin", () => {
  const news = noted();
  expect(news.map(({ what }) => what)).toContain("create network");
  plugin = news[0]?.pid ?? "";
  expect(Number(plugin)).toBeGreaterThan(1);
});

it("activates, stops and redeploys by the same process, and never reads a network", async () => {
  await called("POST", `${id}/activate`, "active", ACTIVATION);
  await called("POST", `${id}/stop`, "stopped");
  expect(await labelled(id)).toMatchObject({ containers: [], networks: [`berth-${id}`] });
  await called("POST", `${id}/redeploy`, "active", {});
  const before = (await docker.getContainer(`berth-${id}`).inspect()).Id;
  await called("POST", `${id}/redeploy`, "active", {});
  expect((await docker.getContainer(`berth-${id}`).inspect()).Id).toBe(before);
  const news = noted();
  expect(new Set(news.map(({ pid }) => pid))).toEqual(new Set([plugin]));
  expect(new Set(news.map(({ what }) => what))).toEqual(new Set(["configure"]));
  await expect.poll(() => labelled(id)).toEqual(whileActive(id));
});

it("reads all of it again where a limit was changed by hand, and repairs that", async () => {
  await docker.getContainer(`berth-${id}`).update({ NanoCpus: 250_000_000 });
  await called("POST", `${id}/redeploy`, "active", {});
  expect(noted().map(({ what }) => what)).toContain("read network");
  expect((await docker.getContainer(`berth-${id}`).inspect()).HostConfig.NanoCpus).toBe(500_000_000);
});

it("goes on with another one when it has died while nothing was done", async () => {
  process.kill(Number(plugin), "SIGKILL");
  await called("POST", `${id}/stop`, "stopped");
  const pids = new Set(noted().map(({ pid }) => pid));
  expect(pids.size).toBe(1);
  expect(pids).not.toContain(plugin);
  await called("POST", `${id}/redeploy`, "active", {});
  [plugin = ""] = pids;
});

it("deletes without waiting for the network, and leaves nothing", async () => {
  noted();
  await called("DELETE", id, "deleted");
  expect(noted().map(({ what }) => what)).toEqual(["configure"]);
  expect(await labelled(id)).toEqual(NOTHING);
});

it("ends the plugins with Berth", async () => {
  await berth.close();
  isClosed = true;
  await expect.poll(() => isRunning(Number(plugin))).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
