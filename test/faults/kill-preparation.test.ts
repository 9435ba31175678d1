// SIGKILL while a paid slot's network and volume are made ahead: nobody waits for that, and activate works after it.
import { afterAll, beforeAll, expect, it } from "vitest";
import { kill, type Victim } from "../support/faults/processes.ts";
import type { Point } from "../support/faults/pulumi-wrapper.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled } from "../support/faults/settled.ts";
import { accepted } from "../support/faults/strike.ts";

let server: Server;
beforeAll(async () => {
  server = await Server.start(81);
});
afterAll(async () => server.close());

it.each<[victim: Victim, point: Point, command: string]>([
  ["everything", "before the spawn", "stack init"],
  ["everything", "after the end", "stack init"],
  ["everything", "before the spawn", "up"],
  ["everything", "during network", "up"],
  ["everything", "after state", "up"],
  ["server", "during network", "up"],
  ["operation process", "during network", "up"],
  ["pulumi", "during network", "up"],
])("SIGKILL of %s, %s of `pulumi %s`: activate works", async (victim, point, command) => {
  server.pulumi.plan(point, [command]);
  const id = await server.buy();
  const isHeld = await server.pulumi.isHeld(
    async () => (await server.status(id)).operation?.finishedAt != null,
  );
  expect(isHeld, server.log).toBe(true);
  const killed = await kill(server.folder, victim);
  server.pulumi.go();
  await server.restartIfKilled(killed);
  await accepted(server, id, "activate");
  await assertSettled(server, id, "active");
});
