// Berth on another machine, as docs/service.md says it: the data folder and the assistants' backups are all that travels.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { removeLabelled } from "../support/docker.ts";
import { itAtLength } from "../support/matrix.ts";
import { readBlock } from "../support/pages.ts";
import { asAssistant } from "../support/state.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const SLICE = 42;

let folder: string;
let settings: Record<string, string>;
let berth: TestBerth | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-move-"));
  settings = { BERTH_ASSISTANT_IMAGE: (await ensureTinyImages()).healthy };
});
afterAll(async () => {
  await berth?.close();
  await rm(folder, { recursive: true, force: true });
});

itAtLength(
  "an assistant is there again with its data, after the data folder was copied and Docker had nothing of it",
  async () => {
    const [oldHome, newHome] = [join(folder, "old"), join(folder, "new")];
    for (const home of [oldHome, newHome]) mkdirSync(home);
    const before = await startTestBerth(SLICE, settings, join(oldHome, ".berth"));
    berth = before;
    const id = await unpreparedSlot(before);
    await before.call("POST", `${id}/activate`, ACTIVATION);
    await waitForStatus(before, id, "active");
    asAssistant(id, "echo remembered > note");
    const backupId = (await before.call("POST", `${id}/backups`)).body.data?.backupId;
    const stateOf = async () => (await before.call("GET", `${id}/backups/${backupId}`)).body.data?.state;
    await expect.poll(stateOf).toBe("ready");
    await before.stop();

    const [pack = "", ...others] = readBlock("docs/service.md", "berth-backup.tar.gz").commands;
    expect(others).toEqual([]);
    execFileSync("bash", ["-c", pack], { cwd: oldHome });
    await removeLabelled(id);
    await rename(join(oldHome, "berth-backup.tar.gz"), join(newHome, "berth-backup.tar.gz"));
    execFileSync("tar", ["--extract", "--gzip", "--file", "berth-backup.tar.gz"], { cwd: newHome });

    const after = await startTestBerth(SLICE, settings, join(newHome, ".berth"));
    berth = after;
    const status = async () => (await after.call("GET", `${id}/status`)).body.data;
    await expect.poll(status).toMatchObject({ status: "active", drift: { seen: { state: "missing" } } });
    const carryOut = async (call: string, body: unknown, wanted: string) => {
      expect((await after.call("POST", `${id}/${call}`, body)).status).toBe(202);
      await expect.poll(status).toMatchObject({ status: wanted, operation: { state: "succeeded" } });
    };
    await carryOut("stop", undefined, "stopped");
    await carryOut("restore", { backupId }, "stopped");
    await carryOut("redeploy", {}, "active");
    expect(asAssistant(id, "cat note")).toBe("remembered\n");
    await expect.poll(status).toMatchObject({ drift: null });
  },
);
