// A backup that is cut off, or finds no room, costs neither the assistant nor its data.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ACTIVATION, paidSlot, startTestBerth, waitForStatus } from "../support/berth.ts";
import { cutOff, isRunning, until } from "../support/faults/backup.ts";
import { kill } from "../support/faults/processes.ts";
import { mountTmpfs, unmount } from "../support/faults/tmpfs.ts";
import { asAssistant } from "../support/state.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

it("SIGKILL of everything in the middle: it is made after the next start, and the assistant runs", async () => {
  await cutOff(7, (server) => kill(server.folder, "everything"));
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
      await until(() => readdirSync(folder).length === 0);
    } finally {
      await berth.close();
      unmount(folder);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
