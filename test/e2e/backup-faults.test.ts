// A backup that is cut off, or finds no room, costs neither the assistant nor its data.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { resourceName } from "../../infra/args.ts";
import { ACTIVATION, paidSlot, startTestBerth, waitForStatus } from "../support/berth.ts";
import { docker } from "../support/docker.ts";
import { kill, type Victim } from "../support/faults/processes.ts";
import { Server } from "../support/faults/server.ts";
import { untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";
import { mountTmpfs, unmount } from "../support/faults/tmpfs.ts";
import { asAssistant } from "../support/state.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const MUCH = "head -c 104857600 /dev/urandom > much";

it.each(["everything", "server", "operation process"] as const)(
  "SIGKILL of %s in the middle: it is made in the end, and the assistant runs",
  async (victim) => {
    const server = await Server.start(7);
    try {
      const id = await slotFor(server, "stop");
      asAssistant(id, MUCH);
      const { body } = await server.call("POST", `${id}/backups`);
      const backupId = String(body.data?.backupId);
      const folder = join(server.dataDir, "backups", id);
      await until(() => filesIn(folder).some((name) => name.endsWith(".part")));
      expect(await isRunning(id)).toBe(false);
      await strike(server, victim);
      await until(
        async () => (await server.call("GET", `${id}/backups/${backupId}`)).body.data?.state === "ready",
      );
      const settled = await untilSettled(server, id);
      expect(settled).toMatchObject({ status: "active", operation: { kind: "backup", state: "succeeded" } });
      expect(await isRunning(id)).toBe(true);
      expect(filesIn(folder)).toEqual([`${backupId}.age`]);
      await accepted(server, id, "delete");
      await untilSettled(server, id);
    } finally {
      await server.close();
    }
  },
);

it("whose process dies every time it is given up, and the assistant runs", async () => {
  const server = await Server.start(7);
  try {
    const id = await slotFor(server, "stop");
    asAssistant(id, MUCH);
    const { body } = await server.call("POST", `${id}/backups`);
    const folder = join(server.dataDir, "backups", id);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await until(() => filesIn(folder).some((name) => name.endsWith(".part")));
      await strike(server, "everything");
      await until(
        async () => (await server.status(id)).operation?.state !== "running" || attempt < 3,
        60_000,
      );
    }
    const settled = await untilSettled(server, id);
    expect(settled).toMatchObject({
      status: "active",
      operation: { kind: "backup", state: "failed", error: { code: "INTERRUPTED" } },
    });
    expect(await isRunning(id)).toBe(true);
    expect((await server.call("GET", `${id}/backups/${body.data?.backupId}`)).body.data).toMatchObject({
      state: "failed",
      error: { code: "INTERRUPTED" },
    });
    expect(filesIn(folder)).toEqual([]);
  } finally {
    await server.close();
  }
});

const isRoot = process.getuid?.() === 0;
describe.skipIf(!isRoot)("a full disk (skipped unless root: a small file system is mounted)", () => {
  it("fails the backup with a cause, and the assistant runs", async () => {
    const { healthy } = await ensureTinyImages();
    const folder = mkdtempSync(join(tmpdir(), "berth-small-"));
    mountTmpfs(folder, 4);
    const berth = await startTestBerth(8, { BERTH_ASSISTANT_IMAGE: healthy, BERTH_BACKUP_DIR: folder });
    try {
      const id = await paidSlot(berth);
      await berth.call("POST", `${id}/activate`, ACTIVATION);
      await waitForStatus(berth, id, "active");
      asAssistant(id, "head -c 10485760 /dev/urandom > more-than-there-is-room-for");
      const { body } = await berth.call("POST", `${id}/backups`);
      const backupId = String(body.data?.backupId);
      await until(
        async () =>
          (await berth.call("GET", `${id}/backups/${backupId}`)).body.data?.state !== ("running" as string),
      );
      expect((await berth.call("GET", `${id}/backups/${backupId}`)).body.data).toMatchObject({
        state: "failed",
        error: { code: "DISK_FULL" },
      });
      expect((await berth.call("GET", `${id}/status`)).body.data).toMatchObject({
        status: "active",
        operation: { state: "failed", error: { code: "DISK_FULL" } },
      });
      expect(await isRunning(id)).toBe(true);
      expect(readdirSync(folder), "no half file, no folder").toEqual([]);
    } finally {
      await berth.close();
      unmount(folder);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** The operation's process is told by what it has open: no pulumi is its child. */
async function strike(server: Server, victim: Victim): Promise<void> {
  const pids = await kill(server.folder, victim);
  expect(pids.length).toBeGreaterThan(0);
  await server.restartIfKilled(pids);
}

async function isRunning(id: string): Promise<boolean> {
  return (await docker.getContainer(resourceName(id)).inspect()).State.Running;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function until(isSo: () => boolean | Promise<boolean>, withinMs = 90_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !(await isSo()); await sleep(10))
    if (Date.now() > deadline) throw new Error("It did not come to that.");
}
