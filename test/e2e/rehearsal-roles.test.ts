// Who carries out rehearses, who sells reads the result: an API and a worker of one database, with the target memory.
import { afterAll, beforeAll, expect, it } from "vitest";
import "../support/memory-target/row.ts";
import "../support/memory-target/watch.ts";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { startWorld, type World } from "../support/memory-target/world.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

const ROW = new URL("../support/memory-target/row.ts", import.meta.url).href;

let postgres: PostgresServer;
let world: World;
let api: TestBerth;
let worker: TestBerth | undefined;
beforeAll(async () => {
  postgres = await startPostgres();
  world = await startWorld();
  api = await startTestBerth(86, settings("api"));
});
afterAll(async () => {
  await worker?.close();
  await api?.close();
  await world?.close();
  await postgres?.stop();
});

const settings = (role: "api" | "worker") => ({
  DATABASE_URL: postgres.url,
  BERTH_ROLE: role,
  BERTH_REHEARSAL: "on",
  BERTH_TARGET: "memory",
  MEMORY_WORLD: world.url,
  NODE_OPTIONS: `--import=${ROW}`,
});
const state = async () =>
  ((await (await fetch(`${api.url}/readyz`)).json()) as { parts: Record<string, string> }).parts.rehearsal;
const purchase = () => api.call("POST", "purchase", { apiMode: "byok" });

it("the API sells as soon as its worker's rehearsal on this target has passed, and not before", async () => {
  expect(await state()).toBe("away");
  const waiting = purchase();
  worker = await startTestBerth(87, settings("worker"));
  expect((await waiting).status).toBe(201);
  expect(await state()).toBe("ok");
  expect([world.calls.get("run"), world.calls.get("forget")]).toEqual([1, expect.any(Number)]);
  expect(world.held.size, "what the rehearsal has left").toBe(0);
});

it("a rehearsal that fails later reaches the API, with its sentence, until it passes again", async () => {
  const { ping = 0 } = Object.fromEntries(world.calls);
  expect(ping).toBeGreaterThan(0);
  world.refuses = true;
  await worker?.installation.rehearsal.again();
  await expect.poll(state).toBe("away");
  const refused = await purchase();
  expect([refused.status, refused.body.error?.code]).toEqual([503, "UNAVAILABLE"]);
  world.refuses = false;
  await expect.poll(state).toBe("ok");
  expect((await purchase()).status).toBe(201);
});
