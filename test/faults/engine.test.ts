// The container engine ends in the middle of an operation: a dockerd of the tests' own, which needs root.

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { GOAL, type LifecycleCall } from "../support/faults/calls.ts";
import { PrivateEngine } from "../support/faults/private-engine.ts";
import type { Point } from "../support/faults/pulumi-wrapper.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled, untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor, whileHeld } from "../support/faults/strike.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const isRoot = process.getuid?.() === 0;
const SLICE = 66;

describe.skipIf(!isRoot)("dockerd (skipped unless root: a second one is started)", () => {
  it.each<[call: LifecycleCall, point: Point]>([
    ["activate", "during settings"],
    ["activate", "during assistant"],
    ["activate", "during readiness"],
    ["redeploy", "during assistant"],
    ["stop", "during assistant"],
    ["delete", "during network"],
  ])("killed and started again, %s %s: settled, nothing doubled", async (call, point) => {
    await onEngine(async (server, engine) => {
      const id = await slotFor(server, call);
      await whileHeld(server, id, call, point, async () => {
        await engine.kill();
        await engine.start();
      });
      await assertSettled(server, id, GOAL[call]);
    });
  });

  it.each<[call: LifecycleCall, point: Point]>([
    ["activate", "during assistant"],
    ["stop", "during assistant"],
    ["delete", "during assistant"],
  ])("gone, %s %s: fails with a cause, works again when it is back", async (call, point) => {
    await onEngine(async (server, engine) => {
      const id = await slotFor(server, call);
      const isMet = await whileHeld(server, id, call, point, () => engine.stop());
      expect(isMet, "Pulumi is held").toBe(true);
      const failed = await untilSettled(server, id);
      expect(failed).toMatchObject({
        status: "failed",
        operation: { error: { code: "ENGINE_UNAVAILABLE" } },
      });
      await engine.start();
      await accepted(server, id, call === "activate" ? "redeploy" : call);
      await assertSettled(server, id, GOAL[call]);
    });
  });

  it.each<[call: LifecycleCall, before: string]>([
    ["activate", "purchased"],
    ["redeploy", "stopped"],
    ["stop", "active"],
    ["delete", "active"],
  ])("gone before %s begins: %s as before, and it works when it is back", async (call, before) => {
    await onEngine(async (server, engine) => {
      const id = await slotFor(server, call);
      await engine.stop();
      const operationId = await accepted(server, id, call);
      const refused = await untilSettled(server, id);
      expect(refused, server.log).toMatchObject({
        status: before,
        operation: { id: operationId, state: "failed", error: { code: "ENGINE_UNAVAILABLE" } },
      });
      await engine.start();
      await accepted(server, id, call);
      expect(await assertSettled(server, id, GOAL[call]), "the cause of a failure").toBeUndefined();
    });
  });

  it("restarts before a stop begins: that is carried out", async () => {
    await onEngine(async (server, engine) => {
      const id = await slotFor(server, "stop");
      await engine.stop();
      await accepted(server, id, "stop");
      await sleep(2_000);
      await engine.start();
      expect(await assertSettled(server, id, "stopped"), "the cause of a failure").toBeUndefined();
    });
  });

  it("ends and starts again while an assistant gets ready: the operation is tried again", async () => {
    await onEngine(async (server, engine) => {
      const id = await slotFor(server, "activate");
      await whileHeld(server, id, "activate", "during readiness", async () => {
        // The probe goes on meanwhile: it finds the container ended.
        await engine.stop();
        await engine.start();
        await sleep(2_500);
      });
      expect(await assertSettled(server, id, "active"), "the cause of a failure").toBeUndefined();
    });
  });
});

async function onEngine(test: (server: Server, engine: PrivateEngine) => Promise<void>): Promise<void> {
  const { healthy } = await ensureTinyImages();
  const engine = await PrivateEngine.start(SLICE, [healthy]);
  const settings = { DOCKER_HOST: engine.host };
  const server = await Server.start(SLICE, { settings, engine: engine.docker }).catch(
    async (error: unknown) => {
      await engine.close();
      throw error;
    },
  );
  try {
    await test(server, engine);
  } finally {
    await server.close();
    await engine.close();
  }
}
