// Whoever is killed in the middle of a backup or a restore: the assistant comes back, and its data is whole.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import {
  backupFiles,
  cutOff,
  isRunning,
  killWriter,
  until,
  untilWritten,
  whileWritten,
  withMuchData,
} from "../support/faults/backup.ts";
import { kill } from "../support/faults/processes.ts";
import { Server } from "../support/faults/server.ts";
import { untilSettled } from "../support/faults/settled.ts";
import { accepted } from "../support/faults/strike.ts";
import { asAssistant, picture } from "../support/state.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

it("SIGKILL of the server in the middle of a backup", async () => {
  await cutOff(88, (server) => kill(server.folder, "server"));
});

it("SIGKILL of the process that makes a backup", async () => {
  await cutOff(88, async (_server, halfFile) => killWriter(halfFile));
});

it("a backup whose processes die every time is given up, and the assistant runs", async () => {
  const server = await Server.start(88);
  try {
    const id = await withMuchData(server);
    const backupId = await whileWritten(server, id);
    for (let attempt = 1; attempt <= 3; attempt++) {
      if (attempt > 1) await untilWritten(server, id);
      await server.restartIfKilled(await kill(server.folder, "everything"));
    }
    const ended = { state: "failed", error: { code: "INTERRUPTED" } };
    expect(await untilSettled(server, id)).toMatchObject({ status: "active", operation: ended });
    expect((await server.call("GET", `${id}/backups/${backupId}`)).body.data).toMatchObject(ended);
    expect(await isRunning(id)).toBe(true);
    await until(() => backupFiles(server, id).length === 0);
  } finally {
    await server.close();
  }
});

it.each([0, 300, 800, 1_500, 2_500, 4_000])(
  "SIGKILL of everything %d ms after a restore was asked for: it is carried out",
  async (afterMs) => {
    const { healthy } = await ensureTinyImages();
    const server = await Server.start(88);
    try {
      const id = await withMuchData(server);
      const taken = await picture(id, healthy);
      const { body } = await server.call("POST", `${id}/backups`);
      await untilSettled(server, id);
      asAssistant(id, "rm much; echo other > other");
      await accepted(server, id, "stop");
      await untilSettled(server, id);
      await server.call("POST", `${id}/restore`, { backupId: body.data?.backupId });
      await sleep(afterMs);
      await server.restartIfKilled(await kill(server.folder, "everything"));
      const operation = { kind: "restore", state: "succeeded" };
      expect(await untilSettled(server, id)).toMatchObject({ status: "stopped", operation });
      expect(await picture(id, healthy)).toEqual(taken);
      const kept = backupFiles(server, id);
      expect(kept.filter((name) => name.endsWith(".age"))).toEqual(kept);
      expect(kept).toHaveLength(2);
    } finally {
      await server.close();
    }
  },
);
