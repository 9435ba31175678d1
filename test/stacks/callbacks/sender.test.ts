// Callbacks on a real Berth with a real HTTPS receiver; states change in the records alone.
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { recordCallback } from "../../../stacks/callbacks/events.ts";

import { settleOperation } from "../../../stacks/worker/settle.ts";
import { startTestBerth, type TestBerth } from "../../support/berth.ts";
import {
  RECEIVER_HOST,
  type Received,
  type Receiver,
  startReceiver,
  TestAuthority,
} from "../../support/receiver.ts";
import { settle, slotWithCallback } from "../../support/settled.ts";

const DELAYS_MS = [0, 100, 100, 100];
const DAY_MS = 86_400_000;
const NOWHERE = "https://nowhere.example/hook";
const PRIVATE = "https://private.example/hook";
/** Nothing listens there, and the answer comes at once. */
const UNREACHABLE = `${RECEIVER_HOST}:1:127.0.0.1`;

const authority = new TestAuthority();
const distrust = authority.trust();
let receiver: Receiver;
let berth: TestBerth;
beforeAll(async () => {
  receiver = await startReceiver(authority.issue(RECEIVER_HOST));
  const pins = { BERTH_CALLBACK_RESOLVE: `${receiver.pin},${UNREACHABLE}` };
  berth = await startTestBerth(30, pins, undefined, {
    callbackDelaysMs: DELAYS_MS,
    resolve: async (name) => {
      if (name === "private.example") return ["127.0.0.1"];
      throw new Error("ENOTFOUND");
    },
  });
});
afterAll(async () => {
  await berth?.close();
  await receiver?.close();
  distrust();
  authority.remove();
});

interface Shown {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly attempts: readonly { at: string; statusCode: number | null; error: string | null }[];
  readonly nextAttemptAt: string | null;
}

async function shownOf(id: string): Promise<readonly Shown[]> {
  return (await berth.call("GET", `${id}/callbacks?limit=100`)).body.data as unknown as Shown[];
}

async function untilShown(id: string, isSo: (shown: readonly Shown[]) => boolean): Promise<readonly Shown[]> {
  for (const deadline = Date.now() + 60_000; ; ) {
    const shown = await shownOf(id);
    if (isSo(shown)) return shown;
    if (Date.now() > deadline) throw new Error(`Still: ${JSON.stringify(shown)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const untilOver = (id: string) =>
  untilShown(id, (shown) => shown.length > 0 && shown.every(({ state }) => state !== "pending"));

async function secretOf(id: string): Promise<string> {
  return String((await berth.call("GET", `${id}/callback-secret`)).body.data?.secret);
}

async function recordOf(id: string) {
  const { sql } = berth.installation;
  return sql.selectFrom("deployments").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

function verified(secret: string, { headers, body }: Received): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}

const idsOf = (received: readonly Received[]) => received.map(({ headers }) => headers["webhook-id"]);

it("every told status arrives once, in order, with a signature that the published library verifies", async () => {
  const endpoint = receiver.endpoint();
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  const secret = await secretOf(id);
  const operations = [await settle(sql, id, "activate"), await settle(sql, id, "stop")];
  const cause = { code: "NOT_READY", message: "not told" };
  operations.push(await settle(sql, id, "redeploy", { state: "failed", cause }));
  operations.push(await settle(sql, id, "delete"));
  const received = await endpoint.until(4);
  const statuses = ["active", "stopped", "failed", "deleted"];
  expect(received.map((request) => verified(secret, request))).toEqual(
    statuses.map((status, index) => ({
      type: `assistant.${status}`,
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: {
        deploymentId: id,
        status,
        operationId: operations[index],
        ...(status === "failed" && { error: { code: "NOT_READY" } }),
      },
    })),
  );
  const shown = await untilOver(id);
  expect(shown.map(({ id }) => id)).toEqual(idsOf(received).toReversed());
  expect(shown.map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered", "delivered"]);
});

it("neither a change that was not made nor one without a callbackUrl is told", async () => {
  const endpoint = receiver.endpoint();
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  await settle(sql, id, "prepare");
  const operationId = await settle(sql, id, "activate");
  await endpoint.until(1);
  const ended = await sql
    .selectFrom("operations")
    .selectAll()
    .where("id", "=", operationId)
    .executeTakeFirstOrThrow();
  expect(await settleOperation(sql, ended, { state: "cancelled" })).toBe(false);
  const undone = sql.transaction().execute(async (trx) => {
    await recordCallback(trx, { deploymentId: id, status: "stopped", operationId: null });
    throw new Error("undone");
  });
  await expect(undone).rejects.toThrow("undone");
  expect(await shownOf(id)).toHaveLength(1);
  const silent = await slotWithCallback(sql, null);
  await settle(sql, silent, "activate");
  expect(await shownOf(silent)).toEqual([]);
});

it("is tried again under the same id until it is taken; what happened later waits for it", async () => {
  const endpoint = receiver.endpoint((response, count) => response.writeHead(count <= 2 ? 500 : 200).end());
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  await settle(sql, id, "activate");
  await settle(sql, id, "stop");
  const received = await endpoint.until(4);
  const [second, first] = await untilOver(id);
  expect(idsOf(received)).toEqual([first?.id, first?.id, first?.id, second?.id]);
  const secret = await secretOf(id);
  for (const request of received) expect(verified(secret, request)).toBeTruthy();
  expect(first?.attempts.map(({ statusCode }) => statusCode)).toEqual([500, 500, 200]);
  expect(first?.attempts.map(({ error }) => error)).toEqual([
    "the receiver answered 500",
    "the receiver answered 500",
    null,
  ]);
});

it("is given up after the schedule, and the next one is sent then", async () => {
  const endpoint = receiver.endpoint((response) => response.writeHead(302, { location: "/" }).end());
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  await settle(sql, id, "activate");
  await settle(sql, id, "stop");
  const [second, first] = await untilOver(id);
  expect(first).toMatchObject({ state: "failed", nextAttemptAt: null });
  expect(first?.attempts).toHaveLength(DELAYS_MS.length);
  expect(idsOf(endpoint.received)).toEqual([
    ...Array(DELAYS_MS.length).fill(first?.id),
    ...Array(DELAYS_MS.length).fill(second?.id),
  ]);
});

it("what only a clock that may have jumped makes old is tried as often as any other", async () => {
  const endpoint = receiver.endpoint((response, count) => response.writeHead(count <= 2 ? 500 : 200).end());
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  await sql.transaction().execute(async (trx) => {
    await recordCallback(trx, { deploymentId: id, status: "stopped", operationId: null });
    const queued_at = new Date(Date.now() - 40 * DAY_MS);
    await trx.updateTable("callbacks").set({ queued_at }).where("deployment_id", "=", id).execute();
  });
  await endpoint.until(3);
  expect(await untilOver(id)).toMatchObject([{ state: "delivered" }]);
});

it("410 ends it: nothing more is sent until callbackUrl is patched, and then it can be replayed", async () => {
  const endpoint = receiver.endpoint((response, count) => response.writeHead(count === 1 ? 410 : 204).end());
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  await settle(sql, id, "activate");
  await settle(sql, id, "stop");
  const [second, first] = await untilOver(id);
  expect([first?.state, second?.state]).toEqual(["disabled", "disabled"]);
  expect(endpoint.received).toHaveLength(1);
  expect((await berth.call("GET", id)).body.data?.callbackDisabledAt).toEqual(expect.any(String));
  const refused = await berth.call("POST", `${id}/callbacks/${first?.id}/replay`);
  expect([refused.status, refused.body.error?.code]).toEqual([409, "CALLBACKS_DISABLED"]);

  const patched = await berth.call("PATCH", id, { callbackUrl: endpoint.url });
  expect(patched.body.data).toMatchObject({ callbackDisabledAt: null, callbackUrl: endpoint.url });
  const replayed = await berth.call("POST", `${id}/callbacks/${first?.id}/replay`, {});
  expect(replayed.status).toBe(202);
  await endpoint.until(2);
  expect(idsOf(endpoint.received)).toEqual([first?.id, first?.id]);
  const [, after] = await untilOver(id);
  expect(after?.attempts.map(({ statusCode }) => statusCode)).toEqual([410, 204]);
});

it("waits as long as Retry-After says, and at least a minute when the receiver is overloaded", async () => {
  const patient = receiver.endpoint((response, count) =>
    count === 1 ? response.writeHead(503, { "retry-after": "2" }).end() : response.writeHead(204).end(),
  );
  const overloaded = receiver.endpoint((response) => response.writeHead(429).end());
  const { sql } = berth.installation;
  const [told, untold] = [
    await slotWithCallback(sql, patient.url),
    await slotWithCallback(sql, overloaded.url),
  ];
  for (const id of [told, untold]) await settle(sql, id, "activate");
  const [delivered] = await untilOver(told);
  const [first = 0, second = 0] = delivered?.attempts.map(({ at }) => Date.parse(at)) ?? [];
  expect(second - first).toBeGreaterThanOrEqual(1_990);
  const [waiting] = await untilShown(untold, ([only]) => only?.attempts.length === 1);
  const { nextAttemptAt, attempts } = waiting ?? {};
  const waits = Date.parse(nextAttemptAt ?? "") - Date.parse(attempts?.[0]?.at ?? "");
  expect(waits).toBeGreaterThanOrEqual(59_990);
});

it("a delivered callback can be replayed under its id; unknown ones are 404", async () => {
  const endpoint = receiver.endpoint();
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  await settle(sql, id, "activate");
  const [shown] = await untilOver(id);
  await berth.call("POST", `${id}/callbacks/${shown?.id}/replay`);
  const [first, second] = await endpoint.until(2);
  expect(second?.body).toBe(first?.body);
  expect(idsOf(endpoint.received)).toEqual([shown?.id, shown?.id]);
  const other = await slotWithCallback(sql, endpoint.url);
  for (const path of [`${other}/callbacks/${shown?.id}/replay`, `${id}/callbacks/x/replay`])
    expect((await berth.call("POST", path)).status).toBe(404);
});

it("the secret is made once, stored sealed, and after a rotation both sign until the overlap is over", async () => {
  const endpoint = receiver.endpoint();
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  await settle(sql, id, "activate");
  await endpoint.until(1);
  const old = await secretOf(id);
  expect(old).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(await secretOf(id)).toBe(old);
  expect(JSON.stringify(await recordOf(id))).not.toContain(old.slice(6));
  const rotated = await berth.call("POST", `${id}/callback-secret/rotate`);
  expect(rotated.headers.get("cache-control")).toBe("no-store");
  const fresh = String(rotated.body.data?.secret);
  expect(fresh).not.toBe(old);
  const hours = (Date.parse(String(rotated.body.data?.previousSignsUntil)) - Date.now()) / 3_600_000;
  expect(hours).toBeCloseTo(24, 1);
  await settle(sql, id, "stop");
  const [, during] = await endpoint.until(2);
  for (const secret of [old, fresh]) expect(during && verified(secret, during)).toBeTruthy();
  await sql
    .updateTable("deployments")
    .set({ callback_secret_before_until: new Date() })
    .where("id", "=", id)
    .execute();
  await settle(sql, id, "redeploy");
  const [, , after] = await endpoint.until(3);
  expect(after && verified(fresh, after)).toBeTruthy();
  expect(() => after && verified(old, after)).toThrow();
});

it("a deleted deployment's secret is kept until its last callback is over; its callbacks stay readable", async () => {
  let isUp = false;
  const endpoint = receiver.endpoint((response) => response.writeHead(isUp ? 204 : 429).end());
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  await settle(sql, id, "delete");
  const [first] = await untilShown(id, ([only]) => only?.attempts.length === 1);
  expect(await recordOf(id)).toMatchObject({ status: "deleted", callback_url: endpoint.url });
  isUp = true;
  await sql
    .updateTable("callbacks")
    .set({ next_attempt_at: new Date() })
    .where("id", "=", first?.id ?? "")
    .execute();
  const [shown] = await untilOver(id);
  expect(shown).toMatchObject({ type: "assistant.deleted", state: "delivered" });
  expect(await recordOf(id)).toMatchObject({
    callback_url: null,
    callback_secret: null,
    callback_secret_before: null,
  });
  expect((await berth.call("GET", `${id}/callback-secret`)).status).toBe(404);
  expect((await berth.call("POST", `${id}/callbacks/${shown?.id}/replay`)).status).toBe(404);
});

it("whatever fails before an answer is told in the same words", async () => {
  const { sql } = berth.installation;
  const told = [NOWHERE, PRIVATE, `https://${RECEIVER_HOST}:1/`, "https://10.0.0.1/"].map(async (url) => {
    const id = await slotWithCallback(sql, url);
    await settle(sql, id, "activate");
    const [shown] = await untilOver(id);
    return shown?.attempts.map(({ at: _, ...rest }) => rest);
  });
  const attempt = { statusCode: null, error: "could not be delivered: no valid answer" };
  const same = Array(DELAYS_MS.length).fill(attempt);
  expect(await Promise.all(told)).toEqual([same, same, same, same]);
});

it("the last hundred are kept and come in pages, newest first", async () => {
  const endpoint = receiver.endpoint();
  const { sql } = berth.installation;
  const id = await slotWithCallback(sql, endpoint.url);
  for (let count = 0; count < 103; count++)
    await sql
      .transaction()
      .execute((trx) => recordCallback(trx, { deploymentId: id, status: "active", operationId: null }));
  const rows = await sql
    .selectFrom("callbacks")
    .select("id")
    .where("deployment_id", "=", id)
    .orderBy("sequence", "desc")
    .execute();
  expect(rows).toHaveLength(100);
  const seen: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const answer = await berth.call("GET", `${id}/callbacks?limit=40${cursor && `&cursor=${cursor}`}`);
    const page = answer.body as unknown as { data: Shown[]; nextCursor: string | null };
    seen.push(...page.data.map((shown) => shown.id));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual(rows.map((row) => row.id));
});
