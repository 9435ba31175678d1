// The grown installation: PostgreSQL ends in the middle of an operation, or one of the processes that share it does.

import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GOAL, type LifecycleCall } from "../support/faults/calls.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled, untilSettled } from "../support/faults/settled.ts";
import { slotFor, whileHeld } from "../support/faults/strike.ts";
import { Worker } from "../support/faults/worker.ts";
import { type Pgbouncer, startPgbouncer } from "../support/pgbouncer.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => postgres.stop());

describe("PostgreSQL ends and comes back", () => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start(74, { settings: { DATABASE_URL: postgres.url } });
  });
  afterAll(async () => server.close());

  it.each([
    ["activate", "during assistant", "SIGINT", 500],
    ["activate", "after the end", "SIGQUIT", 3_000],
    // Longer than a worker may hold an operation without saying so.
    ["redeploy", "during assistant", "SIGINT", 30_000],
    ["stop", "after the end", "SIGKILL", 500],
    ["delete", "during network", "SIGQUIT", 3_000],
  ] as const)("%s, %s, %s, away for %i ms: carried out", async (call, point, signal, awayMs) => {
    const id = await slotFor(server, call);
    await whileHeld(server, id, call, point, async () => {
      await postgres.end(signal);
      // Held while the database is away, then let go: what is reported meets it as it is.
      const heldMs = Math.min(awayMs, 1_000);
      await sleep(heldMs);
      server.pulumi.go();
      await sleep(awayMs - heldMs);
      await postgres.start();
    });
    expect(await assertSettled(server, id, GOAL[call]), "the cause of a failure").toBeUndefined();
  });
});

/** A preparation takes about a second: PostgreSQL ends in every part of one. */
const MOMENTS_MS = [0, 150, 300, 450, 600, 750, 900];

describe.each(["directly", "behind pgbouncer by session"] as const)("PostgreSQL, reached %s", (how) => {
  let pooler: Pgbouncer | undefined;
  let server: Server;
  beforeAll(async () => {
    const url = new URL(await newDatabase());
    if (how !== "directly") {
      pooler = await startPgbouncer(postgres, "session");
      url.port = new URL(pooler.url).port;
    }
    server = await Server.start(79, { settings: { DATABASE_URL: url.href } });
  });
  afterAll(async () => {
    await server?.close();
    await pooler?.stop();
  });

  it("restarts while slots are prepared, again and again: the server outlives it and prepares each", async () => {
    const { pid } = server;
    for (const [round, moment] of MOMENTS_MS.entries()) {
      const id = await server.buy();
      await sleep(moment);
      await postgres.end(round % 2 === 0 ? "SIGINT" : "SIGQUIT");
      await sleep(500);
      await postgres.start();
      const settled = await untilSettled(server, id);
      expect(settled, `after ${moment} ms`).toMatchObject({ operation: { state: "succeeded" } });
      expect(server.hasEnded, server.log).toBe(false);
    }
    expect(server.pid).toBe(pid);
  });
});

describe("API and workers as processes of their own", () => {
  it.each<LifecycleCall>(["activate", "stop", "delete"])(
    "the API killed while %s runs: the worker carries it out",
    async (call) => {
      await withWorker(75, async (server) => {
        const id = await slotFor(server, call);
        await whileHeld(server, id, call, "during assistant", async () => {
          await server.kill();
          server.pulumi.go();
          await server.start();
        });
        expect(await assertSettled(server, id, GOAL[call]), "the cause of a failure").toBeUndefined();
      });
    },
  );

  it.each<LifecycleCall>(["activate", "redeploy", "stop", "delete"])(
    "a worker killed while %s runs: another one takes the operation over",
    async (call) => {
      await withWorker(76, async (server, worker) => {
        const id = await slotFor(server, call);
        await whileHeld(server, id, call, "during assistant", async () => {
          await Worker.start(server);
          await worker.kill();
          server.pulumi.go();
        });
        await assertSettled(server, id, GOAL[call]);
      });
    },
  );
});

async function withWorker(
  slice: number,
  test: (server: Server, worker: Worker) => Promise<void>,
): Promise<void> {
  const settings = { DATABASE_URL: await newDatabase(), BERTH_ROLE: "api" };
  const server = await Server.start(slice, { settings });
  try {
    await test(server, await Worker.start(server));
  } finally {
    await server.close();
  }
}

/** Each data folder has a database of its own: the one opens what the other holds. */
async function newDatabase(): Promise<string> {
  const name = `berth_${Date.now()}`;
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return postgres.url.replace(/postgres$/, name);
}
