// A lock that is there before an operation: of a dead process it is taken over; of anybody else it is not.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GOAL, type LifecycleCall } from "../support/faults/calls.ts";
import { type Lock, lockStack, type Owner } from "../support/faults/locks.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled, untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";

let server: Server;
beforeAll(async () => {
  server = await Server.start(68);
});
afterAll(async () => server.close());

describe.each<Owner>(["dead", "nobody"])("a lock whose owner is %s", (owner) => {
  it.each<LifecycleCall>(["activate", "redeploy", "stop", "delete"])("is taken over by %s", async (call) => {
    const id = await slotFor(server, call);
    lockStack(server, id, owner);
    await accepted(server, id, call);
    expect(await assertSettled(server, id, GOAL[call]), "the cause of a failure").toBeUndefined();
  });
});

describe.each<Owner>(["living", "of another host"])("a lock whose owner is %s", (owner) => {
  it.each<LifecycleCall>(["redeploy", "stop", "delete"])(
    "is respected by %s, twice, which succeeds when it is gone",
    async (call) => {
      const id = await slotFor(server, call);
      const lock = lockStack(server, id, owner);
      try {
        await isRefused(id, call, lock);
        // Now the operation before has failed, which makes Berth look for what a dead one left.
        await isRefused(id, call, lock);
      } finally {
        lock.remove();
      }
      await accepted(server, id, call);
      expect(await assertSettled(server, id, GOAL[call]), "the cause of a failure").toBeUndefined();
    },
  );
});

async function isRefused(id: string, call: LifecycleCall, lock: Lock): Promise<void> {
  await accepted(server, id, call);
  const refused = await untilSettled(server, id);
  const before = call === "redeploy" ? "stopped" : "active";
  expect(refused).toMatchObject({ status: before, operation: { error: { code: "STACK_LOCKED" } } });
  expect(lock.isThere, "the lock of the other").toBe(true);
}
