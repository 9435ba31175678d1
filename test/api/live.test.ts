// One stream of everything that changes: what was there, each change once it is committed, and nothing of anybody else.
import { EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Response } from "express";
import { pino } from "pino";
import { v7 as uuidv7 } from "uuid";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LiveHub } from "../../api/routes/live/hub.ts";
import { LiveStream } from "../../api/routes/live/stream.ts";
import { recordCallback } from "../../stacks/callbacks/events.ts";
import type { ChangeListener } from "../../stacks/database/changes.ts";
import { findDeployment } from "../../stacks/deployments/deployments.ts";
import { recordPairings } from "../../stacks/watch/pairings.ts";
import { callWith, newKey, type TestKey } from "../support/accounts.ts";
import { paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { type Follower, follow, isOf, isSeeded, type LiveEvent } from "../support/live-events.ts";
import { FakePlugin } from "../support/plugin.ts";
import { settle } from "../support/settled.ts";

let berth: TestBerth;
let key: TestKey;
let slot: string;
const followers: Follower[] = [];
const plugin = new FakePlugin();
beforeAll(async () => {
  await plugin.open();
  berth = await startTestBerth(47, { BERTH_ROLE: "api", BERTH_RATE_READS: "0", BERTH_RATE_WRITES: "0" });
  key = await newKey(berth, { account: "followed" });
  slot = await buy();
});
afterEach(() => {
  for (const follower of followers.splice(0)) follower.close();
});
afterAll(async () => {
  await berth.close();
  plugin.close();
});

async function open(following: Parameters<typeof follow>[1] = { apiKey: key.apiKey }): Promise<Follower> {
  const follower = await follow(berth.url, following);
  followers.push(follower);
  return follower;
}

async function buy(): Promise<string> {
  const { body } = await callWith(berth, key)("POST", "purchase", { apiMode: "byok" });
  return body.data?.deploymentId ?? "";
}

async function set(id: string, name: string): Promise<void> {
  await berth.installation.sql.updateTable("deployments").set({ name }).where("id", "=", id).execute();
}

const kinds = (events: readonly LiveEvent[]) => events.map(({ event }) => event);

it("begins with all that there is, as the list has it, and says when that is all", async () => {
  const { events, until } = await open();
  await until(isSeeded);
  expect(kinds(events)).toEqual([...events.slice(1).map(() => "deployment"), "seeded"]);
  const { body } = await callWith(berth, key)("GET", "?limit=100");
  expect(events.slice(0, -1).map(({ data }) => data)).toEqual(body.data);
  expect(events.at(-1)?.id).toMatch(/^[0-9a-f]{8}-\d+$/);
});

it("tells of what is bought, paid, operated on and deleted, and of what an operation is at", async () => {
  const { events, until } = await open();
  await until(isSeeded);
  const id = await paidSlot({ call: callWith(berth, key) });
  const { data } = await until(isOf(id, "purchased"));
  expect(data).toMatchObject({ account: "followed", operation: { kind: "prepare", state: "queued" } });
  const begun = await until(
    ({ event, data: { deploymentId } }) => event === "operation" && deploymentId === id,
  );
  expect(begun.data).toMatchObject({ operation: { kind: "prepare" }, progress: null });
  const operation = String((begun.data.operation as { id: string }).id);
  const from = events.length;
  const entry = { kind: "resource", step: "started", op: "create", resource: "Network berth-1" };
  await berth.installation.sql
    .insertInto("operation_events")
    .values({ operation_id: operation, sequence: 1, event: JSON.stringify(entry) })
    .execute();
  const progress = await until(({ data: { progress } }) => progress === "Making Network berth-1…", from);
  expect(progress).toMatchObject({
    event: "operation",
    data: { deploymentId: id, operation: { id: operation } },
  });
  await settle(berth.installation.sql, id, "prepare");
  await until(
    ({ event, data }) => event === "operation" && (data.operation as { state: string }).state === "succeeded",
    from,
  );
  await berth.installation.sql
    .updateTable("deployments")
    .set({ status: "deleted" })
    .where("id", "=", id)
    .execute();
  const deleted = await until(isOf(id, "deleted"));
  expect(deleted.data.calls).toMatchObject({ delete: { isAllowed: false } });
});

it("tells of what was spent, and of a record that is removed", async () => {
  const { events, until } = await open();
  await until(isSeeded);
  const id = await buy();
  await until(isOf(id));
  const from = events.length;
  const month = new Date().toISOString().slice(0, 7);
  await berth.installation.sql
    .insertInto("model_spend")
    .values({ deployment_id: id, month, month_microdollars: 1_500_000 })
    .execute();
  const spent = await until(isOf(id), from);
  expect(spent.data.present).toMatchObject({ month: { usd: 1.5 } });
  await berth.installation.sql.deleteFrom("deployments").where("id", "=", id).execute();
  const removed = await until(({ event }) => event === "removed", from);
  expect(removed.data).toEqual({ deploymentId: id });
});

it("tells of callbacks and their attempts, and of who wants to write to a bot", async () => {
  const { events, until } = await open();
  await until(isSeeded);
  const { sql } = berth.installation;
  const id = await paidSlot({ call: callWith(berth, key) });
  const url = "http://127.0.0.1:1/";
  await sql.updateTable("deployments").set({ callback_url: url }).where("id", "=", id).execute();
  await sql
    .transaction()
    .execute((trx) => recordCallback(trx, { deploymentId: id, status: "active", operationId: null }));
  const isAbout = (name: string) => (one: LiveEvent) => one.event === name && one.data.deploymentId === id;
  await until(isAbout("callback"));
  let from = events.length;
  const attempts = JSON.stringify([{ at: new Date().toISOString(), statusCode: 500, error: null }]);
  await sql.updateTable("callbacks").set({ attempts }).where("deployment_id", "=", id).execute();
  expect((await until(isAbout("callback"), from)).data).toEqual({ deploymentId: id });

  const deployment = await findDeployment(sql, id);
  if (!deployment) throw new Error("The slot is gone.");
  plugin.pairings = [{ requestId: "1", senderId: "2", createdAt: "2026-01-02T03:04:05.678Z" }];
  const address = { endpoint: plugin.url, gatewayToken: plugin.token };
  await recordPairings(sql, deployment, address);
  expect((await until(isAbout("pairing"))).data).toEqual({ deploymentId: id });
  from = events.length;
  await recordPairings(sql, deployment, address);
  plugin.pairings = [];
  await recordPairings(sql, deployment, address);
  await until(isAbout("pairing"), from);
  expect(events.slice(from).filter(isAbout("pairing"))).toHaveLength(1);
});

it("sends nothing of another account; the operator gets all of all, and nobody else does", async () => {
  const other = await newKey(berth, { account: "another" });
  const [theirs, all] = [await open({ apiKey: other.apiKey }), await open({ accounts: "all" })];
  await Promise.all([theirs.until(isSeeded), all.until(isSeeded)]);
  expect(kinds(theirs.events)).toEqual(["seeded"]);
  expect(all.events.some(isOf(slot))).toBe(true);
  await set(slot, "Changed");
  const from = all.events.findIndex(isSeeded);
  const changed = await all.until(isOf(slot), from);
  expect(changed.data).toMatchObject({ name: "Changed", account: "followed" });
  await sleep(600);
  expect(kinds(theirs.events)).toEqual(["seeded"]);
  await expect(follow(berth.url, { apiKey: other.apiKey, accounts: "all" })).rejects.toThrow("403");
});

it("sends one row four times a second at most, and the newest last", async () => {
  const { events, until } = await open();
  await until(isSeeded);
  const from = events.length;
  const begun = performance.now();
  for (let n = 0; n <= 60; n++) await set(slot, `Name ${n}`);
  await until(({ data }) => data.name === "Name 60", from);
  const seconds = (performance.now() - begun) / 1000;
  const sent = events.slice(from).filter(isOf(slot));
  expect(sent.length).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1);
  await sleep(600);
  expect(events.filter(isOf(slot)).at(-1)?.data.name).toBe("Name 60");
});

describe("a stream that was cut off", () => {
  it("goes on from its last event, with what has changed since and nothing else", async () => {
    const first = await open();
    const { id: seeded } = await first.until(isSeeded);
    first.close();
    await set(slot, "While away");
    const again = await open({ apiKey: key.apiKey, lastEventId: seeded ?? "" });
    await again.until(isSeeded);
    const before = again.events.slice(0, again.events.findIndex(isSeeded));
    expect(kinds(before)).toEqual(["deployment"]);
    expect(again.events[0]?.data.name).toBe("While away");
  });

  it.each(["00000000-1", "nonsense", "-"])("begins again where %j is not known", async (lastEventId) => {
    const { events, until } = await open({ apiKey: key.apiKey, lastEventId });
    await until(isSeeded);
    expect(events[0]?.event).toBe("reset");
    expect(events.some(isOf(slot))).toBe(true);
  });
});

it("misses nothing that changes while it begins", async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, () => buy()));
  let isOver = false;
  const renaming = (async () => {
    // The embedded database alone would leave nobody else a turn.
    for (let n = 0; !isOver; n++, await sleep(2)) await set(ids[n % ids.length] ?? "", `Round ${n}`);
  })();
  const opened = await Promise.all([open(), open(), open()]);
  for (const { until } of opened) await until(isSeeded);
  isOver = true;
  await renaming;
  const { body } = await callWith(berth, key)("GET", "?limit=100");
  const names = new Map(
    (body.data as unknown as LiveEvent["data"][]).map((row) => [row.deploymentId, row.name]),
  );
  for (const { events } of opened)
    for (const id of ids)
      await expect.poll(() => events.filter(isOf(id)).at(-1)?.data.name).toBe(names.get(id));
});

it("ends when its key is revoked, and says so", async () => {
  const short = await newKey(berth, { account: "followed" });
  const { until, ended } = await open({ apiKey: short.apiKey });
  await until(isSeeded);
  await berth.call("DELETE", `/api/v1/keys/${short.keyId}`);
  expect((await until(({ event }) => event === "end")).data).toEqual({ reason: "key_ended" });
  await ended;
});

it("beats, with the place to go on from", async () => {
  const { until } = await open();
  const { id } = await until(isSeeded);
  const beat = await until(({ event }) => event === "heartbeat");
  expect(beat.id?.split("-")[0]).toBe(id?.split("-")[0]);
  expect(Number.isNaN(Date.parse(String(beat.data.at)))).toBe(false);
});

it("the live operations are listed: the account's, and everybody's for the operator", async () => {
  const id = await paidSlot({ call: callWith(berth, key) });
  const other = await newKey(berth, { account: "idle" });
  const mine = (await callWith(berth, key)("GET", "/api/v1/operations")).body.data;
  expect(mine).toContainEqual(
    expect.objectContaining({
      deploymentId: id,
      account: "followed",
      progress: null,
      operation: expect.objectContaining({ kind: "prepare", state: "queued" }),
    }),
  );
  expect((await callWith(berth, other)("GET", "/api/v1/operations")).body.data).toEqual([]);
  const all = (await berth.call("GET", "/api/v1/operations?accounts=all")).body.data;
  expect(all).toContainEqual(expect.objectContaining({ deploymentId: id, account: "followed" }));
  expect((await callWith(berth, other)("GET", "/api/v1/operations?accounts=all")).status).toBe(403);
  await berth.installation.sql
    .updateTable("operations")
    .set({ state: "cancelled" })
    .where("deployment_id", "=", id)
    .execute();
  const left = (await berth.call("GET", "/api/v1/operations?accounts=all")).body
    .data as unknown as LiveEvent["data"][];
  expect(left.map(({ deploymentId }) => deploymentId)).not.toContain(id);
});

it("cuts a client off that does not read, while another one gets every change", async () => {
  const call = callWith(berth, await newKey(berth, { account: "stalled" }));
  const stalled = await newKey(berth, { account: "stalled" });
  const ids: string[] = [];
  for (let n = 0; n < 40; n++)
    ids.push(String((await call("POST", "purchase", { apiMode: "byok" })).body.data?.deploymentId));
  const { port, hostname } = new URL(berth.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.on("error", () => {}).pause();
  socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${hostname}\r\nX-API-Key: ${stalled.apiKey}\r\n\r\n`);
  const reader = await open({ apiKey: stalled.apiKey });
  await reader.until(isSeeded);
  let sent = 0;
  for (let round = 0; round < 15; round++) {
    const name = `${round} ${"x".repeat(50_000)}`;
    const from = reader.events.length;
    await berth.installation.sql.updateTable("deployments").set({ name }).where("id", "in", ids).execute();
    for (const id of ids)
      await reader.until(({ data }) => data.deploymentId === id && data.name === name, from);
    sent += ids.length * name.length;
  }
  // Paused as it is, it learns of its end by writing: what it writes is refused.
  await expect
    .poll(() => {
      socket.write("\n");
      return socket.destroyed;
    })
    .toBe(true);
  expect(sent).toBeGreaterThan(25_000_000);
});

it("says that changes are missed, and begins again once they are not; nothing is sent before any is heard", async () => {
  const { sql } = berth.installation;
  await paidSlot({ call: callWith(berth, key) });
  const accounts = sql.selectFrom("accounts").select("id").where("name", "=", "followed");
  const { id: accountId } = await accounts.executeTakeFirstOrThrow();
  let feed: ChangeListener | undefined;
  const hub = new LiveHub({
    ...berth.installation,
    payments: { kind: "simulated" },
    publicUrl: berth.url,
    changes: {
      follow(listener) {
        feed = listener;
      },
    },
    log: pino({ level: "silent" }),
  });
  const sent: string[] = [];
  const response = Object.assign(new EventEmitter(), {
    write: (text: Buffer) => sent.push(/^event: (.*)$/m.exec(text.toString())?.[1] ?? "") > 0,
  });
  const stream = new LiveStream(response as unknown as Response, accountId, undefined);
  hub.join(stream);
  await sleep(100);
  expect(sent).toEqual([]);
  feed?.onFound();
  await expect.poll(() => sent.at(-1)).toBe("seeded");
  expect(new Set(sent)).toEqual(new Set(["deployment", "operation", "seeded"]));
  const before = hub.position;
  feed?.onLost();
  expect(sent.splice(0).at(-1)).toBe("lost");
  feed?.onChange({ what: "deployment", deploymentId: slot, other: accountId });
  feed?.onFound();
  await expect.poll(() => sent.at(-1)).toBe("seeded");
  expect(sent[0]).toBe("reset");
  expect(sent).toContain("deployment");
  expect(hub.position.split("-")[0]).not.toBe(before.split("-")[0]);
});

it("a change is announced by the trigger of its table, in no more than ids", async () => {
  const heard: string[] = [];
  berth.installation.database.onChange?.(({ what, deploymentId, other }) =>
    heard.push(`${what} ${deploymentId === slot} ${other?.length ?? 0}`),
  );
  await set(slot, "x".repeat(100));
  const operation = uuidv7();
  await berth.installation.sql
    .insertInto("operations")
    .values({ id: operation, deployment_id: slot, kind: "backup", state: "failed", request_id: null })
    .execute();
  await expect.poll(() => heard).toEqual(["deployment true 36", "operation true 36"]);
});
