// Real OpenClaw with settings that it refuses, and without room for its data: a cause in the status, and redeploy heals.
import { chownSync } from "node:fs";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DEFAULT_ASSISTANT_IMAGE } from "../../infra/assistant/openclaw.ts";
import { ACTIVATION, paidSlot, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { docker, inside } from "../support/docker.ts";
import { fill, mountTmpfs, unmount } from "../support/faults/tmpfs.ts";

const isRoot = process.getuid?.() === 0;
const LIFE_MS = 300_000;

let berth: TestBerth;
let id: string;
beforeEach(async () => {
  berth = await startTestBerth(38, {
    BERTH_ASSISTANT_IMAGE: DEFAULT_ASSISTANT_IMAGE,
    BERTH_MEMORY_MIB: "2048",
    BERTH_CPUS: "2",
    BERTH_STARTUP_TIMEOUT: "120",
  });
  id = await paidSlot(berth);
});
afterEach(() => berth.close());

it.each([
  ["an unknown key", `sed '1s/{/{"flux": 1,/' openclaw.json`, "Invalid config"],
  ["what is no JSON5", "printf '{broken'", "Gateway start blocked"],
])(
  "openclaw.json with %s: SETTINGS_REFUSED; redeploy takes the last that was accepted",
  async (_name, print, says) => {
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    await waitForStatus(berth, id, "active");
    inside(id, "sh", "-c", `cd /home/node/.openclaw; text=$(${print}); echo "$text" > openclaw.json`);
    expect(await crashed()).toMatchObject({
      code: "SETTINGS_REFUSED",
      message: expect.stringContaining(says),
    });
    await berth.call("POST", `${id}/redeploy`, {});
    await waitForStatus(berth, id, "active");
  },
  LIFE_MS,
);

it.skipIf(!isRoot)(
  "no room for its data: DISK_FULL; redeploy works with room (skipped unless root: a file system is mounted)",
  async () => {
    await vi.waitUntil(async () => (await berth.call("GET", `${id}/stack`)).body.data?.lastUpdate, {
      timeout: 300_000,
      interval: 300,
    });
    const { Mountpoint: folder } = await docker.getVolume(`berth-${id}`).inspect();
    mountTmpfs(folder, 16);
    try {
      chownSync(folder, 1000, 1000);
      let makeRoom = fill(folder);
      await berth.call("POST", `${id}/activate`, ACTIVATION);
      const refused = await waitForStatus(berth, id, "failed");
      expect(refused).toMatchObject({ operation: { error: { code: "DISK_FULL" } } });
      makeRoom();
      await berth.call("POST", `${id}/redeploy`, {});
      await waitForStatus(berth, id, "active");

      makeRoom = fill(folder);
      expect(await crashed()).toMatchObject({ code: "DISK_FULL" });
      makeRoom();
      await berth.call("POST", `${id}/redeploy`, {});
      await waitForStatus(berth, id, "active");
    } finally {
      await berth.call("DELETE", id);
      await waitForStatus(berth, id, "deleted").catch(() => {});
      unmount(folder);
    }
  },
  LIFE_MS,
);

/** Ends it by force, and waits until it was given up. */
async function crashed(): Promise<unknown> {
  await docker.getContainer(`berth-${id}`).kill();
  await docker.getContainer(`berth-${id}`).start();
  const status = async () => (await berth.call("GET", `${id}/status`)).body.data;
  await vi.waitUntil(async () => (await status())?.status === "failed", { timeout: 300_000, interval: 300 });
  const operation = (await status())?.operation as { error: unknown } | undefined;
  return operation?.error;
}
