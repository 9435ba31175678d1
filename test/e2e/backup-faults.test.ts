// A backup that is cut off, or finds no room, costs neither the assistant nor its data.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ACTIVATION, startTestBerth, unpreparedSlot, waitForStatus } from "../support/berth.ts";
import { dataVolume, docker, labelled, NOTHING, whileActive } from "../support/docker.ts";
import { cutOff, isRunning, until } from "../support/faults/backup.ts";
import { kill } from "../support/faults/processes.ts";
import { mountTmpfs, unmount } from "../support/faults/tmpfs.ts";
import { itAtLength } from "../support/matrix.ts";
import { asAssistant, picture } from "../support/state.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

itAtLength(
  "SIGKILL of everything in the middle: it is made after the next start, and the assistant runs",
  async () => {
    await cutOff(7, (server) => kill(server.folder, "everything"));
  },
);

const isRoot = process.getuid?.() === 0;
describe.skipIf(!isRoot)("a full disk (skipped unless root: a small file system is mounted)", () => {
  it("fails the backup with a cause, and the assistant runs", async () => {
    const { healthy } = await ensureTinyImages();
    const folder = mkdtempSync(join(tmpdir(), "berth-small-"));
    mountTmpfs(folder, 4);
    const berth = await startTestBerth(8, { BERTH_ASSISTANT_IMAGE: healthy, BERTH_BACKUP_DIR: folder });
    try {
      const id = await unpreparedSlot(berth);
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

  // That the data is not touched is in test/infra/backups.test.ts, too.
  itAtLength(
    "at the last file of a restore leaves the data as it was, and the deployment usable",
    async () => {
      const { healthy } = await ensureTinyImages();
      const berth = await startTestBerth(8, { BERTH_ASSISTANT_IMAGE: healthy });
      let small: string | undefined;
      try {
        const id = await unpreparedSlot(berth);
        await berth.call("POST", `${id}/activate`, ACTIVATION);
        await waitForStatus(berth, id, "active");
        const ended = async () => {
          const operation = async () =>
            (await berth.call("GET", `${id}/status`)).body.data?.operation as { finishedAt: string | null };
          await until(async () => (await operation()).finishedAt !== null);
          return operation();
        };
        asAssistant(id, "head -c 8388608 /dev/urandom > much; head -c 4194304 /dev/urandom > z-last");
        const { body } = await berth.call("POST", `${id}/backups`);
        await ended();
        asAssistant(
          id,
          "head -c 8388608 /dev/urandom > much; ln -s ../../../../usr/bin/env out; echo now > now",
        );
        await berth.call("POST", `${id}/stop`);
        await waitForStatus(berth, id, "stopped");
        const was = await picture(id, healthy);
        const own = await dataVolume(id);

        await berth.call("POST", `${id}/restore`, { backupId: body.data?.backupId });
        await until(async () => {
          const name = (await labelled(id)).volumes.find((volume) => volume !== own);
          if (!name) return false;
          small = (await docker.getVolume(name).inspect()).Mountpoint;
          // Before anything is unpacked into it: what there is is backed up first.
          mountTmpfs(small, 10);
          return true;
        });
        expect(await ended()).toMatchObject({
          kind: "restore",
          state: "failed",
          error: { code: "DISK_FULL" },
        });
        unmount(small ?? "");
        small = undefined;
        expect((await berth.call("GET", `${id}/status`)).body.data).toMatchObject({
          status: "stopped",
          drift: null,
        });
        expect(await picture(id, healthy, own)).toEqual(was);

        await berth.call("POST", `${id}/redeploy`, {});
        await waitForStatus(berth, id, "active");
        expect(asAssistant(id, "cat now")).toBe("now\n");
        await expect.poll(() => labelled(id), { message: "nothing is left of it" }).toEqual(whileActive(id));
        await berth.call("POST", `${id}/stop`);
        await waitForStatus(berth, id, "stopped");
        await berth.call("POST", `${id}/restore`, { backupId: body.data?.backupId });
        expect(await ended()).toMatchObject({ kind: "restore", state: "succeeded" });
        expect(await dataVolume(id)).not.toBe(own);
        await berth.call("DELETE", id);
        await waitForStatus(berth, id, "deleted");
        expect(await labelled(id)).toEqual(NOTHING);
      } finally {
        if (small) unmount(small);
        await berth.close();
      }
    },
  );
});
