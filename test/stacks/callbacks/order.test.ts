// Several workers on one PostgreSQL: every event arrives, and those of one deployment in order.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { claimDue, endAttempt, releaseClaims } from "../../../stacks/callbacks/deliveries.ts";
import { recordCallback } from "../../../stacks/callbacks/events.ts";
import { type SenderParts, startSender } from "../../../stacks/callbacks/sender.ts";
import { type Database, openDatabase } from "../../../stacks/database/database.ts";
import { SecretBox } from "../../../stacks/secret.ts";
import { fc } from "../../support/fast-check.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres.ts";
import { RECEIVER_HOST, type Receiver, startReceiver, TestAuthority } from "../../support/receiver.ts";
import { SEED } from "../../support/seed.ts";
import { slotWithCallback } from "../../support/settled.ts";

const DEPLOYMENTS = 6;
const EVENTS = 8;
/** One more than an event can have had bad luck in: the next one is taken. */
const FATES = 8;

const authority = new TestAuthority();
const distrust = authority.trust();
let postgres: PostgresServer;
let database: Database;
let receiver: Receiver;
beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase({ url: postgres.url });
  receiver = await startReceiver(authority.issue(RECEIVER_HOST));
});
afterAll(async () => {
  await receiver?.close();
  await database?.close();
  await postgres?.stop();
  distrust();
  authority.remove();
});

/** How long a receiver takes for an attempt, and whether it then takes the event. */
const fate = fc.record({
  waitMs: fc.nat({ max: 20 }),
  isTaken: fc.oneof(
    { arbitrary: fc.constant(true), weight: 7 },
    { arbitrary: fc.constant(false), weight: 3 },
  ),
});

it("three workers deliver all, one at a time and in order per deployment, through random failures", async () => {
  const { sql } = database;
  let logged = "";
  const parts: SenderParts = {
    sql,
    box: new SecretBox(randomBytes(32)),
    network: {
      resolve: async () => [],
      pinned: [{ host: RECEIVER_HOST, port: receiver.port, address: "127.0.0.1" }],
    },
    delaysMs: [0, ...Array(50).fill(20)],
    log: pino({}, { write: (line: string) => (logged += line) }),
  };
  const taken: { deploymentId: string; operationId: string }[] = [];
  const open = new Set<string>();
  const overlaps: string[] = [];
  const endpoint = receiver.endpoint(async (response, count) => {
    const { deploymentId, operationId } = JSON.parse(endpoint.received[count - 1]?.body ?? "").data;
    if (open.has(deploymentId)) overlaps.push(operationId);
    open.add(deploymentId);
    const { waitMs, isTaken } = nextFate(operationId);
    await sleep(waitMs);
    open.delete(deploymentId);
    if (isTaken) taken.push({ deploymentId, operationId });
    response.writeHead(isTaken ? 204 : 500).end();
  });
  const told: typeof taken = [];
  const fates = fc.sample(fate, { seed: SEED, numRuns: DEPLOYMENTS * EVENTS * FATES });
  const attempts = new Map<string, number>();
  /** By the event and its attempt: in which order the workers come is not for the seed to say. */
  const nextFate = (operationId: string) => {
    const attempt = attempts.get(operationId) ?? 0;
    attempts.set(operationId, attempt + 1);
    const event = told.findIndex((one) => one.operationId === operationId);
    return (attempt < FATES && fates[event * FATES + attempt]) || { waitMs: 0, isTaken: true };
  };
  const stops = [startSender(parts), startSender(parts), startSender(parts)];
  try {
    const ids = await Promise.all(
      Array.from({ length: DEPLOYMENTS }, () => slotWithCallback(sql, endpoint.url)),
    );
    for (let count = 0; count < EVENTS; count++)
      for (const deploymentId of ids) {
        const operationId = crypto.randomUUID();
        told.push({ deploymentId, operationId });
        const event = { deploymentId, status: "active", operationId } as const;
        await sql.transaction().execute((trx) => recordCallback(trx, event));
      }
    await expect.poll(() => pending()).toBe(0);
  } finally {
    await Promise.all(stops.map((stop) => stop()));
  }
  const perDeployment = (events: typeof taken) => Object.groupBy(events, ({ deploymentId }) => deploymentId);
  expect(perDeployment(taken)).toEqual(perDeployment(told));
  expect(overlaps).toEqual([]);
  expect(logged).toContain("callback was answered");
  expect(logged).not.toMatch(/canary|whsec_|v1,/);
});

it("what a dead worker was sending is claimed again once its claim is over, and nothing after it before", async () => {
  const { sql } = database;
  const deploymentId = await slotWithCallback(sql, "https://example.com/");
  for (const status of ["active", "stopped"] as const)
    await sql
      .transaction()
      .execute((trx) => recordCallback(trx, { deploymentId, status, operationId: null }));
  const claimed = await claimDue(sql);
  expect(claimed?.type).toBe("assistant.active");
  expect(await claimDue(sql)).toBeUndefined();
  await releaseClaims(sql);
  expect(await claimDue(sql)).toMatchObject({ id: claimed?.id, attempt: 2 });
  if (claimed) await endAttempt(sql, claimed, { state: "delivered" });
  expect(await pending(), "an attempt that was overtaken decides nothing").toBe(2);
});

async function pending(): Promise<number> {
  const rows = await database.sql
    .selectFrom("callbacks")
    .select("id")
    .where("state", "=", "pending")
    .execute();
  return rows.length;
}
