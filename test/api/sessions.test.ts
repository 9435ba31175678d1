// A session does what its key does, is seen and ended by whose it is, and ends with its key.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../stacks/database/database.ts";
import { type ServedApp, serveApp } from "../support/app.ts";
import { API_KEY } from "../support/berth.ts";
import { idsOf, OWN, pageCalls, send, signIn } from "../support/browser-calls.ts";
import { openEmptyDatabase } from "../support/empty-database.ts";

const HOUR_MS = 3_600_000;

let database: Database;
let app: ServedApp;
beforeAll(async () => {
  database = await openEmptyDatabase();
  app = await serveApp(database);
});
afterAll(async () => {
  await app?.close();
  await database?.close();
});

const { call, who, statusOf } = pageCalls(() => app.url);

describe("signing in", () => {
  it("answers with who is signed in, which the cookie says from then on", async () => {
    const { apiKey, keyId } = await app.newKey({ account: "acme", name: "ann", scopes: ["read"] });
    const { cookie, sessionId, answer } = await signIn(app.url, { apiKey: ` ${apiKey}\n` });
    const session = {
      ...{ sessionId, account: "acme", keyId, keyName: "ann", scopes: ["read"], isOperator: false },
      ...{ signedInAt: expect.any(String), lastUsedAt: expect.any(String), isCurrent: true },
    };
    expect(answer.body.data).toEqual({ ...session, endsAt: expect.any(String) });
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { data } = (await who(cookie)).body;
    expect(data).toEqual({ ...session, endsAt: expect.any(String) });
    expect(Date.parse(String(data?.endsAt)) - Date.parse(String(data?.lastUsedAt))).toBe(12 * HOUR_MS);
  });

  it.each([
    ["quotation marks", (key: string) => `"${key}"`],
    ["what takes no room", (key: string) => `\u200b${key}\ufeff`],
    ["the name of a variable", (key: string) => `BERTH_API_KEY='${key}'`],
  ])("with a key that was pasted with %s around it", async (_, around) => {
    const { apiKey, keyId } = await app.newKey({ account: "pasted" });
    const { answer } = await signIn(app.url, { apiKey: around(apiKey) });
    expect(answer.body.data).toMatchObject({ keyId, account: "pasted" });
  });

  it("as the operator: a session of the account default, without a key's name", async () => {
    const { answer } = await signIn(app.url, { apiKey: API_KEY });
    expect(answer.body.data).toMatchObject({
      ...{ account: "default", keyId: "operator", keyName: null, isOperator: true },
      scopes: ["read", "write"],
    });
  });

  it("stores of the cookie its hash alone, and logs nothing of it or of the key", async () => {
    const { apiKey } = await app.newKey({ account: "stored" });
    const { cookie, sessionId } = await signIn(app.url, { apiKey });
    const secret = cookie.split("=")[1] ?? "";
    expect(Buffer.from(secret, "base64url")).toHaveLength(32);
    await call(cookie, "GET", "/api/v1/keys");
    const row = await database.sql.selectFrom("sessions").selectAll().where("id", "=", sessionId).execute();
    expect(row[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(app.logged.length).toBeGreaterThan(0);
    for (const hidden of [secret, apiKey, API_KEY]) expect(app.logged.join("")).not.toContain(hidden);
  });

  it.each([
    [{ apiKey: "wrong" }, 401, "UNAUTHORIZED"],
    [{ apiKey: "" }, 401, "UNAUTHORIZED"],
    [{ apiKey: `brt_${"0".repeat(16)}_${"a".repeat(43)}` }, 401, "UNAUTHORIZED"],
    [{ link: "x".repeat(43) }, 401, "UNAUTHORIZED"],
    [{}, 400, "INVALID_REQUEST"],
    [{ apiKey: API_KEY, link: "x" }, 400, "INVALID_REQUEST"],
    [{ apiKey: API_KEY, other: 1 }, 400, "INVALID_REQUEST"],
    [{ apiKey: null }, 400, "INVALID_REQUEST"],
    [{ apiKey: "x".repeat(2_000) }, 400, "INVALID_REQUEST"],
    ["{", 400, "INVALID_REQUEST"],
  ])("with %.60j is refused with %i and sets no cookie", async (body, status, code) => {
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    const answer = await send(app.url, "POST", "/api/v1/session", headers, body);
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  it("does not take the key from X-API-Key or the URL", async () => {
    const path = `/api/v1/session?apiKey=${API_KEY}`;
    expect((await send(app.url, "POST", path, { "X-API-Key": API_KEY }, {})).status).toBe(400);
  });

  it("again ends the session that the browser had", async () => {
    const first = await signIn(app.url, { apiKey: API_KEY });
    const second = await signIn(app.url, { apiKey: API_KEY }, { Cookie: first.cookie, ...OWN });
    expect(await statusOf(first.cookie)).toBe(401);
    expect(await statusOf(second.cookie)).toBe(200);
  });

  it("more than a hundred times with one key ends the oldest", async () => {
    const { apiKey } = await app.newKey({ account: "many" });
    const first = await signIn(app.url, { apiKey });
    const second = await signIn(app.url, { apiKey });
    for (let count = 0; count < 99; count++) await signIn(app.url, { apiKey });
    expect(await statusOf(first.cookie)).toBe(401);
    expect(await statusOf(second.cookie)).toBe(200);
    const listed = await call(second.cookie, "GET", "/api/v1/sessions?limit=100");
    expect(idsOf(listed)).toHaveLength(100);
  });
});

describe("a session does what its key does:", () => {
  it("one of a read key reads, and each change is refused with the reason", async () => {
    const { apiKey } = await app.newKey({ account: "reader", scopes: ["read"] });
    const { cookie, sessionId } = await signIn(app.url, { apiKey });
    expect((await call(cookie, "GET", "/api/v1/keys")).status).toBe(200);
    for (const [method, path] of [
      ["POST", "/api/v1/keys"],
      ["POST", "/api/v1/assistants/purchase"],
      ["DELETE", `/api/v1/sessions/${sessionId}`],
    ] as const) {
      const refused = await call(cookie, method, path, {});
      expect(refused.status).toBe(403);
      expect(refused.body.error?.message).toBe("This key has no scope write. Nothing was changed.");
    }
    expect((await call(cookie, "DELETE", "/api/v1/session")).status).toBe(200);
  });

  it("one of a write key changes, knows who it is, and lists nothing", async () => {
    const { apiKey } = await app.newKey({ account: "writer", scopes: ["write"] });
    const { cookie } = await signIn(app.url, { apiKey });
    expect(await statusOf(cookie)).toBe(200);
    expect((await call(cookie, "GET", "/api/v1/sessions")).status).toBe(403);
    expect((await call(cookie, "POST", "/api/v1/keys", { scopes: ["write"] })).status).toBe(201);
    expect((await call(cookie, "POST", "/api/v1/keys", { scopes: ["read"] })).status).toBe(403);
  });

  it("only the operator's names accounts and makes links", async () => {
    const operator = await signIn(app.url, { apiKey: API_KEY });
    expect((await call(operator.cookie, "GET", "/api/v1/keys?account=acme")).status).toBe(200);
    expect((await call(operator.cookie, "POST", "/api/v1/sign-in-links")).status).toBe(201);
    const customer = await signIn(app.url, { apiKey: (await app.newKey({ account: "acme" })).apiKey });
    expect((await call(customer.cookie, "GET", "/api/v1/keys?account=stored")).status).toBe(403);
    expect((await call(customer.cookie, "POST", "/api/v1/sign-in-links")).status).toBe(403);
    // Also with a key of the operator's account.
    const other = await signIn(app.url, { apiKey: (await app.newKey({})).apiKey });
    expect(other.answer.body.data).toMatchObject({ account: "default", isOperator: false });
    expect((await call(other.cookie, "POST", "/api/v1/sign-in-links")).status).toBe(403);
  });

  it("a key made by it ends no later than its own", async () => {
    const { apiKey } = await app.newKey({ account: "ending", expiresInSeconds: 3_600 });
    const { cookie } = await signIn(app.url, { apiKey });
    const made = await call(cookie, "POST", "/api/v1/keys", {});
    expect(Date.parse(String(made.body.data?.expiresAt)) - Date.now()).toBeLessThan(HOUR_MS);
    const longer = await call(cookie, "POST", "/api/v1/keys", { expiresInSeconds: 7_200 });
    expect(longer.status).toBe(403);
  });

  it("a call repeated by another session of the key gets the first answer", async () => {
    const { apiKey } = await app.newKey({ account: "again" });
    const [first, second] = [await signIn(app.url, { apiKey }), await signIn(app.url, { apiKey })];
    const make = (cookie: string) =>
      send(app.url, "POST", "/api/v1/keys", { Cookie: cookie, ...OWN, "Idempotency-Key": "one" }, {});
    const made = await make(first.cookie);
    expect(made.status).toBe(201);
    const again = await make(second.cookie);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(again.body).toEqual(made.body);
    const out = (cookie: string) =>
      send(app.url, "DELETE", "/api/v1/session", { Cookie: cookie, ...OWN, "Idempotency-Key": "two" });
    for (const { cookie, sessionId } of [first, second]) {
      expect((await out(cookie)).body.data?.sessionId).toBe(sessionId);
      expect(await statusOf(cookie)).toBe(401);
    }
  });

  it("the header counts where both are sent, also when it is wrong", async () => {
    const { cookie } = await signIn(app.url, { apiKey: API_KEY });
    const { apiKey, keyId } = await app.newKey({ account: "both" });
    const both = (key: string) =>
      send(app.url, "GET", "/api/v1/session", { Cookie: cookie, "X-API-Key": key });
    expect((await both(apiKey)).body.data).toEqual({
      ...{ sessionId: null, account: "both", keyId, keyName: "key", scopes: ["read", "write"] },
      ...{ isOperator: false, signedInAt: null, lastUsedAt: null, endsAt: null, isCurrent: false },
    });
    for (const key of ["wrong", ""]) expect((await both(key)).status).toBe(401);
    const out = { Cookie: cookie, "X-API-Key": apiKey };
    expect((await send(app.url, "DELETE", "/api/v1/session", out)).status).toBe(404);
    expect(await statusOf(cookie)).toBe(200);
  });
});

it("sessions are listed by pages, newest first, each account's its own", async () => {
  const { apiKey } = await app.newKey({ account: "pages" });
  const made: string[] = [];
  let last = "";
  for (let count = 0; count < 5; count++) {
    const { sessionId, cookie } = await signIn(app.url, { apiKey });
    made.unshift(sessionId);
    last = cookie;
  }
  const seen: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await call(last, "GET", `/api/v1/sessions?limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...idsOf(page));
    cursor = page.body.nextCursor ?? null;
  }
  expect(seen).toEqual(made);
  const ofAccount = { "X-API-Key": API_KEY };
  const operators = await send(app.url, "GET", "/api/v1/sessions?account=pages", ofAccount);
  expect(idsOf(operators)).toEqual(made);
  const own = await send(app.url, "GET", "/api/v1/sessions?limit=100", ofAccount);
  for (const session of own.body.data as unknown as { isOperator: boolean }[])
    expect(session.isOperator).toBe(true);
});

it("sign-in, calls, sign-out and wrong tries stand in the audit trail, with key and session", async () => {
  const { apiKey, keyId } = await app.newKey({ account: "audited" });
  const { cookie, sessionId } = await signIn(app.url, { apiKey });
  await call(cookie, "GET", `/api/v1/sessions`);
  await call(cookie, "DELETE", "/api/v1/session");
  const wrong = { "X-Request-Id": "wrong-try" };
  await send(app.url, "POST", "/api/v1/session", wrong, { apiKey: "no-key-at-all" });
  const rows = async (query: string) => {
    const { body } = await send(app.url, "GET", `/api/v1/audit${query}`, { "X-API-Key": API_KEY });
    return body.data as unknown as Record<string, unknown>[];
  };
  const told = ({ method, route, status, keyId, sessionId, deploymentId }: Record<string, unknown>) => [
    ...[method, route, status, keyId, sessionId, deploymentId],
  ];
  await expect
    .poll(async () => (await rows("?account=audited")).map(told))
    .toEqual([
      ["DELETE", "/api/v1/session", 200, keyId, sessionId, null],
      ["GET", "/api/v1/sessions", 200, keyId, sessionId, null],
      ["POST", "/api/v1/session", 201, keyId, sessionId, null],
    ]);
  const refused = async () => (await rows("?limit=100")).find(({ requestId }) => requestId === "wrong-try");
  const nobodys = { status: 401, errorCode: "UNAUTHORIZED", keyId: null, sessionId: null };
  await expect.poll(refused).toMatchObject(nobodys);
  expect(JSON.stringify(await rows("?limit=100"))).not.toContain("no-key-at-all");
});

describe("the budget of wrong keys", () => {
  it("counts wrong tries to sign in, and cookies that never were, but no ended session and no mere question", async () => {
    const strict = await serveApp(database, { rates: { wrongKeys: 5 } });
    try {
      const ask = (headers: Record<string, string> = {}) =>
        send(strict.url, "GET", "/api/v1/session", headers);
      const { cookie } = await signIn(strict.url, { apiKey: API_KEY });
      await send(strict.url, "DELETE", "/api/v1/session", { Cookie: cookie, ...OWN });
      for (let count = 0; count < 10; count++) {
        expect((await ask()).status).toBe(401);
        expect((await ask({ Cookie: "other=1" })).status).toBe(401);
        expect((await ask({ Cookie: cookie })).status).toBe(401);
      }
      const guess = (index: number) => `${strict.cookieName}=${String(index).padStart(43, "x")}`;
      expect((await ask({ Cookie: guess(1) })).status).toBe(401);
      expect((await ask({ Cookie: guess(2) })).status).toBe(401);
      const wrong = (body: unknown) => send(strict.url, "POST", "/api/v1/session", {}, body);
      expect((await wrong({ apiKey: "wrong" })).status).toBe(401);
      expect((await wrong({ link: "wrong" })).status).toBe(401);
      expect((await send(strict.url, "GET", "/api/v1/keys")).status).toBe(401);
      for (const body of [{ apiKey: "wrong" }, { link: "wrong" }]) {
        const refused = await wrong(body);
        expect([refused.status, refused.body.error?.code]).toEqual([429, "RATE_LIMITED"]);
        expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
      }
      expect((await ask({ Cookie: guess(3) })).status).toBe(429);
      // The right one is never kept out.
      expect((await wrong({ apiKey: API_KEY })).status).toBe(201);
    } finally {
      await strict.close();
    }
  });

  it("is not what right ones spend: these count as changes of their key", async () => {
    const strict = await serveApp(database, { rates: { writes: 3, wrongKeys: 1 } });
    try {
      const { apiKey } = await strict.newKey({ account: "budget" });
      for (let count = 0; count < 2; count++) await signIn(strict.url, { apiKey });
      const { cookie } = await signIn(strict.url, { apiKey });
      expect((await send(strict.url, "POST", "/api/v1/session", {}, { apiKey })).status).toBe(429);
      const headers = { Cookie: cookie, ...OWN };
      expect((await send(strict.url, "POST", "/api/v1/keys", headers, {})).status).toBe(429);
      expect((await send(strict.url, "GET", "/api/v1/keys", headers)).status).toBe(200);
    } finally {
      await strict.close();
    }
  });
});
