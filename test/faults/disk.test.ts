// The disk of the data folder is full: what is asked for fails with a cause or is refused, and works when there is room.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GOAL, type LifecycleCall } from "../support/faults/calls.ts";
import type { Point } from "../support/faults/pulumi-wrapper.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled, untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor, whileHeld } from "../support/faults/strike.ts";
import { fill, mountTmpfs, unmount } from "../support/faults/tmpfs.ts";

const isRoot = process.getuid?.() === 0;
const ROWS: readonly [call: LifecycleCall, point: Point][] = [
  ["activate", "before the spawn"],
  ["activate", "during assistant"],
  ["activate", "during readiness"],
  ["stop", "during assistant"],
  ["delete", "during network"],
];

describe.skipIf(!isRoot)("a full disk (skipped unless root: a small file system is mounted)", () => {
  it.each(ROWS)(
    "of the stacks' state, %s %s: a cause, and the same call works with room",
    async (call, point) => {
      await onSmallDisk("state", 4, async (server, disk) => {
        const id = await slotFor(server, call);
        let makeRoom = () => {};
        await whileHeld(server, id, call, point, async () => {
          makeRoom = fill(disk);
        });
        const first = await untilSettled(server, id);
        makeRoom();
        if (first.status === "failed") {
          expect(first.operation?.error?.code, first.operation?.error?.message).toBe("DISK_FULL");
          await accepted(server, id, call === "activate" ? "redeploy" : call);
        }
        expect(await assertSettled(server, id, GOAL[call]), "the cause of a failure").toBeUndefined();
      });
    },
  );

  it.each(ROWS)("of the whole data folder, %s %s: nothing is lost", async (call, point) => {
    await onSmallDisk(".", 160, async (server, disk) => {
      const id = await slotFor(server, call);
      await whileHeld(server, id, call, point, async () => {
        const makeRoom = fill(disk);
        server.pulumi.go();
        await refusedOrTaken(server, id);
        makeRoom();
        // The embedded database may have ended; an operator starts Berth again once there is room.
        await server.kill();
        await server.start();
      });
      await assertSettled(server, id, GOAL[call]);
    });
  });
});

/** With no room to write, reads are answered and writes are refused, for as long as the operation may take. */
async function refusedOrTaken(server: Server, id: string): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    const asked = await server.call("GET", `${id}/status`).catch(() => undefined);
    if (asked) expect([200, 500, 503], JSON.stringify(asked.body)).toContain(asked.status);
    const bought = await server.call("POST", "purchase", { apiMode: "byok" }).catch(() => undefined);
    if (bought) expect([201, 500, 503], JSON.stringify(bought.body)).toContain(bought.status);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Runs with a part of the data folder on a file system of that size. */
async function onSmallDisk(
  part: string,
  sizeMib: number,
  test: (server: Server, disk: string) => Promise<void>,
): Promise<void> {
  let disk = "";
  const prepare = (dataDir: string) => {
    disk = join(dataDir, part);
    mkdirSync(disk, { recursive: true });
    mountTmpfs(disk, sizeMib);
  };
  const server = await Server.start(77, { prepare });
  try {
    await test(server, disk);
  } finally {
    await server.close(() => unmount(disk));
  }
}
