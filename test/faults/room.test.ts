// Every port or subnet is in use: the next one is told so and loses nothing; there is room again after a delete.
import { expect, it } from "vitest";
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
      const { body } = await server.call("POST", "purchase", { apiMode: "byok" });
      const id = body.data?.deploymentId ?? "";
      const pay = () => fetch(String(body.data?.checkoutUrl), { method: "POST", redirect: "manual" });
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
