// Several workers on one PostgreSQL: one of them watches, and another one when that was killed. Real processes.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { docker } from "../support/docker.ts";
import { Server } from "../support/faults/server.ts";
import { untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";
import { Worker } from "../support/faults/worker.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

const WITHIN_A_MINUTE = { timeout: 60_000, interval: 50 };

let postgres: PostgresServer;
let server: Server;
beforeAll(async () => {
  postgres = await startPostgres();
  const settings = { DATABASE_URL: postgres.url, BERTH_ROLE: "api" };
  server = await Server.start(98, { settings });
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

it("one watches; killed, it is replaced within a minute, and so it is after PostgreSQL was away", async () => {
  const workers = await Promise.all([Worker.start(server), Worker.start(server)]);
  await vi.waitUntil(() => workers.some(({ watches }) => watches), WITHIN_A_MINUTE);
  const id = await slotFor(server, "stop");
  expect(workers.filter(({ watches }) => watches)).toHaveLength(1);

  const [watching, other] = workers.toSorted((a, b) => Number(b.watches) - Number(a.watches));
  await watching?.kill();
  await docker.getContainer(`berth-${id}`).remove({ force: true });
  await untilMissing(id);
  expect(other?.watches).toBe(true);

  await accepted(server, id, "redeploy");
  await untilSettled(server, id);
  await postgres.end("SIGQUIT");
  await sleep(1_000);
  await postgres.start();
  await docker.getContainer(`berth-${id}`).remove({ force: true });
  await untilMissing(id);
});

/** The database may be away meanwhile. */
async function untilMissing(id: string): Promise<void> {
  const state = async () => (await server.status(id).catch(() => undefined))?.drift?.seen.state;
  await vi.waitUntil(async () => (await state()) === "missing", WITHIN_A_MINUTE);
}
