// Every port or subnet is in use: the next one is told so and loses nothing; there is room again after a delete. And what
// measures how much room an assistant's data takes is in nobody's way, even if it was left behind.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "../../infra/docker/names.ts";
import { GOAL } from "../support/faults/calls.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled, untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";

it.each([
  ["ports", 72, { BERTH_PORT_RANGE: "32152-32153" }],
  ["subnets", 73, { BERTH_SUBNET_POOL: "10.214.73.0/27" }],
] as const)(
  "no %s left: 503 and nothing changed, and room again after a delete",
  async (_what, slice, settings) => {
    const server = await Server.start(slice, { settings });
    try {
      const first = await slotFor(server, "activate");
      const second = await slotFor(server, "activate");
      const { id, checkoutUrl } = await server.purchase();
      const pay = () => fetch(checkoutUrl, { method: "POST", redirect: "manual" });
      const refused = await pay();
      expect([refused.status, await refused.json()]).toMatchObject([503, { error: { code: "UNAVAILABLE" } }]);
      expect(await server.status(id)).toMatchObject({ status: "pending_payment", operation: null });

      await accepted(server, first, "delete");
      await assertSettled(server, first, "deleted");
      expect((await pay()).status).toBe(303);
      await untilSettled(server, id);
      for (const active of [second, id]) {
        await accepted(server, active, "activate");
        await assertSettled(server, active, "active");
      }
    } finally {
      await server.close();
    }
  },
);

it.each(["redeploy", "delete"] as const)("killed while it measures, %s goes as ever", async (call) => {
  const server = await Server.start(96);
  try {
    const id = await slotFor(server, "stop");
    expect(await seenMeasuring(server, id), server.log).toBe(true);
    await server.kill();
    await server.start();
    await accepted(server, id, call);
    await assertSettled(server, id, GOAL[call]);
    const filters = { label: [`${DEPLOYMENT_LABEL}=${id}`, DOOR_LABEL] };
    expect(await server.engine.listContainers({ all: true, filters })).toEqual([]);
  } finally {
    await server.close();
  }
});

/** The first time is a minute after an assistant has become active. */
async function seenMeasuring({ engine }: Server, id: string): Promise<boolean> {
  const filters = { label: [`${DEPLOYMENT_LABEL}=${id}`, `${DOOR_LABEL}=measure`] };
  for (const deadline = Date.now() + 300_000; Date.now() < deadline; await sleep(10))
    if ((await engine.listContainers({ all: true, filters })).length > 0) return true;
  return false;
}
