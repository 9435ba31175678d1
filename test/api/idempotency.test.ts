// A call sent again with its Idempotency-Key is done once, and answered alike.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MOST_LIVE } from "../../stacks/operations/live-limit.ts";
import { forgetOld } from "../../stacks/watch/housekeeping.ts";
import { callWith, newKey, type TestKey } from "../support/accounts.ts";
import {
  ACTIVATION,
  type Answer,
  API_KEY,
  paidSlot,
  startTestBerth,
  type TestBerth,
} from "../support/berth.ts";

const BYOK = { apiMode: "byok" };

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(22, { BERTH_ROLE: "api" });
});
afterAll(() => berth.close());

const keyed = (key: string) => ({ "Idempotency-Key": key });
const isReplayed = ({ headers }: Answer) => headers.get("idempotency-replayed") === "true";

describe("the same call again", () => {
  it("gets the first answer, and nothing is done twice", async () => {
    const first = await berth.call("POST", "purchase", BYOK, keyed("again"));
    const second = await berth.call("POST", "purchase", BYOK, keyed("again"));
    expect(first.status).toBe(201);
    expect(isReplayed(first)).toBe(false);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(isReplayed(second)).toBe(true);
  });

  it("is the same with its fields in another order, and with the key in quotes", async () => {
    const id = await paidSlot(berth);
    const activation = { ...ACTIVATION };
    const first = await berth.call("POST", `${id}/activate`, activation, keyed("order"));
    const turned = Object.fromEntries(Object.entries(activation).reverse());
    const second = await berth.call("POST", `${id}/activate`, turned, keyed('"order"'));
    expect(first.status).toBe(202);
    expect(second.body).toEqual(first.body);
    expect(isReplayed(second)).toBe(true);
  });

  it.each(["/API/v1/Assistants/purchase", "/api/v1/assistants/purchase/", "/api/v1/assistants/purchase?x=1"])(
    "is the same when its path is written as %s",
    async (path) => {
      const first = await berth.call("POST", "purchase", BYOK, keyed("written"));
      const headers = { "X-API-Key": API_KEY, "Content-Type": "application/json", ...keyed("written") };
      const second = await fetch(berth.url + path, { method: "POST", headers, body: JSON.stringify(BYOK) });
      expect(second.status).toBe(201);
      expect(await second.json()).toEqual(first.body);
    },
  );

  it("gets the same refusal, though it would be done by now", async () => {
    const { body } = await berth.call("POST", "purchase", BYOK);
    const id = body.data?.deploymentId ?? "";
    const activation = { ...ACTIVATION };
    const first = await berth.call("POST", `${id}/activate`, activation, keyed("refused"));
    expect(first.status).toBe(409);
    await berth.installation.sql
      .updateTable("deployments")
      .set({ status: "purchased" })
      .where("id", "=", id)
      .execute();
    const second = await berth.call("POST", `${id}/activate`, activation, keyed("refused"));
    expect(second.body).toEqual(first.body);
    expect((await berth.call("POST", `${id}/activate`, ACTIVATION, keyed("refused-2"))).status).toBe(202);
  });

  it("is done after a refusal because too many operations wait", async () => {
    const id = await paidSlot(berth);
    const { sql } = berth.installation;
    const waiting = () =>
      ({
        id: crypto.randomUUID(),
        deployment_id: id,
        kind: "patch",
        state: "queued",
        request_id: "waiting",
      }) as const;
    const rows = Array.from({ length: MOST_LIVE }, waiting);
    await sql.insertInto("operations").values(rows).execute();
    const activate = () => berth.call("POST", `${id}/activate`, ACTIVATION, keyed("too-many"));
    const refused = await activate();
    expect(refused.status).toBe(429);
    expect(refused.body.error?.message).toMatch(/Nothing was changed; try again when one of them has ended/);
    expect(refused.headers.get("Retry-After")).toBe("10");
    await sql.deleteFrom("operations").where("request_id", "=", "waiting").execute();
    const taken = await activate();
    expect(taken.status, JSON.stringify(taken.body)).toBe(202);
    expect(isReplayed(taken)).toBe(false);
  });

  it("works for PATCH and DELETE", async () => {
    const id = await paidSlot(berth);
    for (const [method, body] of [
      ["PATCH", { name: "Named" }],
      ["DELETE", undefined],
    ] as const) {
      const first = await berth.call(method, id, body, keyed(`${method}-${id}`));
      const second = await berth.call(method, id, body, keyed(`${method}-${id}`));
      expect(first.status).toBeLessThan(300);
      expect(second.body).toEqual(first.body);
      expect(isReplayed(second)).toBe(true);
    }
  });

  it("is done once, however many come at the same time", async () => {
    const calls = Array.from({ length: 30 }, () => berth.call("POST", "purchase", BYOK, keyed("at-once")));
    const answers = await Promise.all(calls);
    const done = answers.filter(({ status }) => status === 201);
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map(({ body }) => body.data?.deploymentId)).size).toBe(1);
    expect(done.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    for (const { status, body, headers } of answers.filter((answer) => answer.status !== 201)) {
      expect(status).toBe(409);
      expect(body.error?.code).toBe("IDEMPOTENCY_CONFLICT");
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect((await berth.call("POST", "purchase", BYOK, keyed("at-once"))).body).toEqual(done[0]?.body);
  });

  it("is another call when another account makes it", async () => {
    const other = callWith(berth, await newKey(berth, { account: "other" }));
    const ours = await berth.call("POST", "purchase", BYOK, keyed("shared"));
    const theirs = await other("POST", "purchase", BYOK, keyed("shared"));
    expect(isReplayed(theirs)).toBe(false);
    expect(theirs.body.data?.deploymentId).not.toBe(ours.body.data?.deploymentId);
  });

  it("is another one when another key of the account makes it, and gets no answer of the first", async () => {
    const settings = { account: "two-keys" };
    const [one, two] = [
      await newKey(berth, settings),
      await newKey(berth, { ...settings, scopes: ["write"] }),
    ];
    const make = (key: TestKey) => callWith(berth, key)("POST", "/api/v1/keys", {}, keyed("either"));
    const first = await make(one);
    expect(first.status).toBe(201);
    const second = await make(two);
    expect(second.status).toBe(422);
    expect(second.body.error).toMatchObject({
      code: "IDEMPOTENCY_MISMATCH",
      message: expect.stringContaining("another API key"),
    });
    expect((await make(one)).body).toEqual(first.body);
  });

  it("is answered alike after a restart", async () => {
    const folder = await mkdtemp(join(tmpdir(), "berth-idempotency-"));
    try {
      const before = await startTestBerth(22, { BERTH_ROLE: "api" }, folder);
      const first = await before.call("POST", "/api/v1/keys", { name: "ci" }, keyed("restart"));
      await before.close();
      const after = await startTestBerth(22, { BERTH_ROLE: "api" }, folder);
      const second = await after.call("POST", "/api/v1/keys", { name: "ci" }, keyed("restart"));
      await after.close();
      expect(first.status).toBe(201);
      expect(second.body).toEqual(first.body);
      expect(isReplayed(second)).toBe(true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("the same key with another call is refused:", () => {
  it.each([
    ["another body", "POST", "purchase", { apiMode: "managed" }],
    ["another path", "POST", "/api/v1/keys", BYOK],
    ["another method", "PATCH", "purchase", BYOK],
  ])("%s", async (_what, method, path, body) => {
    await berth.call("POST", "purchase", BYOK, keyed("mismatch"));
    const answer = await berth.call(method, path, body, keyed("mismatch"));
    expect(answer.status).toBe(422);
    expect(answer.body.error?.code).toBe("IDEMPOTENCY_MISMATCH");
  });
});

describe("a key is free again", () => {
  it("after a malformed request", async () => {
    expect((await berth.call("POST", "purchase", {}, keyed("mended"))).status).toBe(400);
    expect((await berth.call("POST", "purchase", BYOK, keyed("mended"))).status).toBe(201);
  });

  it("after a fault of Berth", async () => {
    const broken = await startTestBerth(22, { BERTH_ROLE: "api", BERTH_PAYMENTS: "polar" });
    const answer = await broken.call("POST", "purchase", BYOK, keyed("fault"));
    const kept = await broken.installation.sql.selectFrom("idempotency_keys").selectAll().execute();
    await broken.close();
    expect(answer.status).toBe(500);
    expect(kept).toEqual([]);
  });

  it("when the lease of a process that died has ended, and not before", async () => {
    const first = await berth.call("POST", "purchase", BYOK, keyed("died"));
    await unanswered("died", 30);
    const early = await berth.call("POST", "purchase", BYOK, keyed("died"));
    expect(early.status).toBe(409);
    expect(early.body.error?.code).toBe("IDEMPOTENCY_CONFLICT");
    await unanswered("died", -1);
    const later = await berth.call("POST", "purchase", BYOK, keyed("died"));
    expect(later.status).toBe(201);
    expect(later.body.data?.deploymentId).not.toBe(first.body.data?.deploymentId);
    expect((await berth.call("POST", "purchase", BYOK, keyed("died"))).body).toEqual(later.body);
  });

  it("a day later, and its row is gone", async () => {
    const first = await berth.call("POST", "purchase", BYOK, keyed("yesterday"));
    const { sql } = berth.installation;
    const age = () =>
      sql
        .updateTable("idempotency_keys")
        .set({ created_at: new Date(Date.now() - 86_401_000) })
        .where("key", "=", "yesterday")
        .execute();
    await age();
    const second = await berth.call("POST", "purchase", BYOK, keyed("yesterday"));
    expect(second.status).toBe(201);
    expect(second.body.data?.deploymentId).not.toBe(first.body.data?.deploymentId);
    await age();
    await forgetOld(sql);
    const kept = await sql
      .selectFrom("idempotency_keys")
      .select("key")
      .where("key", "=", "yesterday")
      .execute();
    expect(kept).toEqual([]);
  });
});

it("an answer that holds a new key is kept sealed", async () => {
  const first = await berth.call("POST", "/api/v1/keys", { name: "sealed" }, keyed("sealed"));
  const { apiKey } = first.body.data as unknown as { apiKey: string };
  const row = await berth.installation.sql
    .selectFrom("idempotency_keys")
    .selectAll()
    .where("key", "=", "sealed")
    .executeTakeFirst();
  expect(row?.answer).toMatch(/^v2\./);
  expect(JSON.stringify(row)).not.toContain(apiKey.slice(-43));
  expect((await berth.call("POST", "/api/v1/keys", { name: "sealed" }, keyed("sealed"))).body).toEqual(
    first.body,
  );
});

describe("the header", () => {
  it.each(["x", "x".repeat(255), '"with \\"quotes\\" and space"', `"${"x".repeat(255)}"`])(
    "may be %.40s",
    async (header) => {
      expect((await berth.call("POST", "purchase", BYOK, keyed(header))).status).toBe(201);
    },
  );

  it.each(["", '""', "two words", '"open', '"x"; a=1', "x".repeat(256), `"${"x".repeat(256)}"`, "caf\u00e9"])(
    "may not be %.40s",
    async (header) => {
      const answer = await berth.call("POST", "purchase", BYOK, keyed(header));
      expect(answer.status).toBe(400);
      expect(answer.body.error?.details).toEqual([expect.objectContaining({ field: "Idempotency-Key" })]);
    },
  );

  it("says nothing on a read", async () => {
    for (let count = 0; count < 2; count++) {
      const answer = await berth.call("GET", "", undefined, keyed("read"));
      expect(answer.status).toBe(200);
      expect(isReplayed(answer)).toBe(false);
    }
  });
});

/** As a process leaves it that dies before it has answered; its lease ends in so many seconds. */
async function unanswered(key: string, leaseSeconds: number): Promise<void> {
  await berth.installation.sql
    .updateTable("idempotency_keys")
    .set({ status: null, answer: null, leased_until: new Date(Date.now() + leaseSeconds * 1000) })
    .where("key", "=", key)
    .execute();
}
