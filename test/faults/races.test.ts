// Calls that meet: one of them wins, the others are told so, and what won is what comes to be.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GOAL, type LifecycleCall } from "../support/faults/calls.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled } from "../support/faults/settled.ts";
import { slotFor, whileHeld } from "../support/faults/strike.ts";

const AT_ONCE = 20;

let server: Server;
beforeAll(async () => {
  server = await Server.start(67);
});
afterAll(async () => server.close());

it("stop while activate is carried out: refused with the state, and the activate goes on", async () => {
  const id = await slotFor(server, "activate");
  await whileHeld(server, id, "activate", "during assistant", async () => {
    const { status, body } = await server.lifecycle(id, "stop");
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { error: { code: "INVALID_STATE", details: { currentState: "deploying" } } },
    });
  });
  await assertSettled(server, id, "active");
});

it("stop and activate at once: the activate is carried out", async () => {
  const id = await slotFor(server, "activate");
  const [stop, activate] = await Promise.all([
    server.lifecycle(id, "stop"),
    server.lifecycle(id, "activate"),
  ]);
  expect([stop.status, activate.status]).toEqual([409, 202]);
  await assertSettled(server, id, "active");
});

it("delete while redeploy makes the container: the redeploy is cancelled, nothing is left", async () => {
  const id = await slotFor(server, "redeploy");
  await whileHeld(server, id, "redeploy", "during assistant", async () => {
    expect((await server.lifecycle(id, "delete")).status).toBe(202);
  });
  await assertSettled(server, id, "deleted");
});

it("delete and redeploy at once: the delete wins, whichever came first", async () => {
  const id = await slotFor(server, "redeploy");
  const [redeploy, removal] = await Promise.all([
    server.lifecycle(id, "redeploy"),
    server.lifecycle(id, "delete"),
  ]);
  expect([202, 409]).toContain(redeploy.status);
  expect(removal.status).toBe(202);
  await assertSettled(server, id, "deleted");
});

describe(`${AT_ONCE} at once`, () => {
  it.each<LifecycleCall>(["activate", "redeploy", "stop"])("%s: exactly one is accepted", async (call) => {
    const id = await slotFor(server, call);
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => server.lifecycle(id, call)));
    const others = answers.filter(({ status }) => status !== 202);
    expect(others.length, JSON.stringify(answers)).toBe(AT_ONCE - 1);
    expect(others.every(({ body }) => body.error?.code === "INVALID_STATE")).toBe(true);
    await assertSettled(server, id, GOAL[call]);
  });

  it("delete: all are answered with the same operation", async () => {
    const id = await slotFor(server, "delete");
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => server.lifecycle(id, "delete")));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(new Set(answers.map(({ body }) => body.data?.operationId)).size).toBe(1);
    await assertSettled(server, id, "deleted");
  });
});
