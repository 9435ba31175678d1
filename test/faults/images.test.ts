// An image that never becomes ready, or ends again and again: a failure with a cause that every call leads out of.

import { describe, expect, it } from "vitest";
import { GOAL, type LifecycleCall } from "../support/faults/calls.ts";
import { Server } from "../support/faults/server.ts";
import { assertConsistent, assertSettled, untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const SLICE = 71;

describe.each([
  ["unhealthy", "NOT_READY"],
  ["crashing", "CRASHED"],
] as const)("an image that is %s", (kind, code) => {
  it.each<[then: LifecycleCall]>([["redeploy"], ["stop"], ["delete"]])(
    "fails with a cause; %s works from there",
    async (then) => {
      const images = await ensureTinyImages();
      const settings = { BERTH_ASSISTANT_IMAGE: images[kind], BERTH_STARTUP_TIMEOUT: "5" };
      const server = await Server.start(SLICE, { settings });
      try {
        const id = await slotFor(server, "activate");
        await accepted(server, id, "activate");
        const failed = await untilSettled(server, id);
        expect(failed).toMatchObject({ status: "failed", operation: { error: { code } } });
        await assertConsistent(server, id, failed);
        await server.kill();
        await server.start({ BERTH_ASSISTANT_IMAGE: images.healthy, BERTH_STARTUP_TIMEOUT: "30" });
        await accepted(server, id, then);
        expect(await assertSettled(server, id, GOAL[then]), "the cause of a failure").toBeUndefined();
      } finally {
        await server.close();
      }
    },
  );
});

it("an image that breaks what was active: the one before comes back, and a healthy one is a redeploy like any other", async () => {
  const images = await ensureTinyImages();
  const server = await Server.start(SLICE);
  try {
    const id = await slotFor(server, "stop");
    await server.kill();
    await server.start({ BERTH_ASSISTANT_IMAGE: images.crashing });
    await accepted(server, id, "redeploy");
    const rolledBack = await untilSettled(server, id);
    expect(rolledBack).toMatchObject({
      status: "active",
      operation: { error: { code: "UPGRADE_ROLLED_BACK" } },
    });
    await assertConsistent(server, id, rolledBack);
    await server.kill();
    await server.start({ BERTH_ASSISTANT_IMAGE: images.healthy });
    await accepted(server, id, "redeploy");
    expect(await assertSettled(server, id, "active"), "the cause of a failure").toBeUndefined();
  } finally {
    await server.close();
  }
});
