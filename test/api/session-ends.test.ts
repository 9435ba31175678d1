// A session ends when it is idle, with its key, and at once when somebody ends it who may.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
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

describe("a session ends", () => {
  const startedAt = Date.now();
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: startedAt }));
  afterEach(() => void vi.useRealTimers());

  it("after 12 h without a call, and not before", async () => {
    const idle = await signIn(app.url, { apiKey: API_KEY });
    const used = await signIn(app.url, { apiKey: API_KEY });
    vi.setSystemTime(startedAt + 11 * HOUR_MS);
    expect(await statusOf(used.cookie)).toBe(200);
    vi.setSystemTime(startedAt + 12 * HOUR_MS - 1_000);
    const listed = idsOf(await call(used.cookie, "GET", "/api/v1/sessions?limit=100"));
    expect(listed).toContain(idle.sessionId);
    vi.setSystemTime(startedAt + 12 * HOUR_MS);
    expect((await who(idle.cookie)).body.error?.message).toBe("This session has ended. Sign in again.");
    expect(idsOf(await call(used.cookie, "GET", "/api/v1/sessions?limit=100"))).not.toContain(idle.sessionId);
    expect((await call(used.cookie, "DELETE", `/api/v1/sessions/${idle.sessionId}`)).status).toBe(404);
    vi.setSystemTime(startedAt + 23 * HOUR_MS);
    expect(await statusOf(used.cookie)).toBe(200);
  });

  it("if it was used in the future: the clock was wrong then, or is wrong now", async () => {
    const { cookie, sessionId } = await signIn(app.url, { apiKey: API_KEY });
    const fresh = await signIn(app.url, { apiKey: API_KEY });
    vi.setSystemTime(startedAt - 4 * 60_000);
    expect(await statusOf(cookie)).toBe(200);
    vi.setSystemTime(startedAt - 6 * 60_000);
    expect(await statusOf(cookie)).toBe(401);
    vi.setSystemTime(startedAt - 4 * 60_000);
    expect(idsOf(await call(fresh.cookie, "GET", "/api/v1/sessions?limit=100"))).toContain(sessionId);
  });

  it("when its key expires", async () => {
    const { apiKey } = await app.newKey({ account: "expiring", expiresInSeconds: 60 });
    const { cookie, answer } = await signIn(app.url, { apiKey });
    expect(Date.parse(String(answer.body.data?.endsAt))).toBe(startedAt + 60_000);
    vi.setSystemTime(startedAt + 59_000);
    expect(await statusOf(cookie)).toBe(200);
    vi.setSystemTime(startedAt + 60_000);
    expect(await statusOf(cookie)).toBe(401);
  });

  it("with the key that was rotated, after its overlap", async () => {
    const { apiKey, keyId } = await app.newKey({ account: "rotating" });
    const { cookie } = await signIn(app.url, { apiKey });
    const rotated = await call(cookie, "POST", `/api/v1/keys/${keyId}/rotate`, { overlapSeconds: 60 });
    expect(rotated.status).toBe(201);
    vi.setSystemTime(startedAt + 59_000);
    expect(await statusOf(cookie)).toBe(200);
    vi.setSystemTime(startedAt + 60_000);
    expect(await statusOf(cookie)).toBe(401);
  });

  it("and its use is written once a minute, with that of its key", async () => {
    const { apiKey, keyId } = await app.newKey({ account: "used" });
    const { cookie, sessionId } = await signIn(app.url, { apiKey });
    const written = async () => {
      const of = (table: "sessions" | "api_keys", id: string) =>
        database.sql.selectFrom(table).select("last_used_at").where("id", "=", id).executeTakeFirst();
      const [session, key] = [await of("sessions", sessionId), await of("api_keys", keyId)];
      return [session, key].map((row) => (row?.last_used_at?.getTime() ?? 0) - startedAt);
    };
    for (const [ms, expected] of [
      [59_000, [0, 0]],
      [61_000, [61_000, 61_000]],
      [100_000, [61_000, 61_000]],
      [122_000, [122_000, 122_000]],
    ] as const) {
      vi.setSystemTime(startedAt + ms);
      expect(await statusOf(cookie)).toBe(200);
      expect(await written()).toEqual(expected);
    }
  });
});

describe("a session ends at once", () => {
  it("at sign-out, which clears the cookie", async () => {
    const { cookie, sessionId } = await signIn(app.url, { apiKey: API_KEY });
    const out = await call(cookie, "DELETE", "/api/v1/session");
    expect([out.status, out.body.data?.sessionId]).toEqual([200, sessionId]);
    expect(out.headers["set-cookie"]).toEqual([
      `${app.cookieName}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Strict`,
    ]);
    expect(await statusOf(cookie)).toBe(401);
  });

  it("when its key is revoked, by itself too", async () => {
    const { apiKey, keyId } = await app.newKey({ account: "revoked" });
    const [first, second] = [await signIn(app.url, { apiKey }), await signIn(app.url, { apiKey })];
    expect((await call(first.cookie, "DELETE", `/api/v1/keys/${keyId}`)).status).toBe(200);
    expect([await statusOf(first.cookie), await statusOf(second.cookie)]).toEqual([401, 401]);
  });

  it("when its account ends it, and nobody else's does", async () => {
    const own = (await app.newKey({ account: "owner" })).apiKey;
    const [first, second] = [await signIn(app.url, { apiKey: own }), await signIn(app.url, { apiKey: own })];
    const stranger = await signIn(app.url, { apiKey: (await app.newKey({ account: "stranger" })).apiKey });
    const operators = await signIn(app.url, { apiKey: API_KEY });
    const fellow = await signIn(app.url, { apiKey: (await app.newKey({})).apiKey });
    const path = `/api/v1/sessions/${first.sessionId}`;
    expect((await call(stranger.cookie, "DELETE", path)).status).toBe(404);
    const operatorsPath = `/api/v1/sessions/${operators.sessionId}`;
    for (const { cookie } of [stranger, fellow])
      expect((await call(cookie, "DELETE", operatorsPath)).status).toBe(404);
    const listed = idsOf(await call(fellow.cookie, "GET", "/api/v1/sessions?limit=100"));
    expect(listed).toContain(fellow.sessionId);
    expect(listed).not.toContain(operators.sessionId);
    const ended = await call(second.cookie, "DELETE", path);
    expect(ended.body.data).toMatchObject({ sessionId: first.sessionId, isCurrent: false });
    expect([await statusOf(first.cookie), await statusOf(second.cookie)]).toEqual([401, 200]);
    expect((await call(second.cookie, "DELETE", path)).status).toBe(404);
    expect((await call(operators.cookie, "DELETE", `/api/v1/sessions/${second.sessionId}`)).status).toBe(200);
    expect(await statusOf(second.cookie)).toBe(401);
    expect((await call(operators.cookie, "DELETE", operatorsPath)).headers["set-cookie"]?.[0]).toContain(
      "1970",
    );
    for (const id of ["x", "01900000-0000-7000-8000-000000000000", "%00"])
      expect((await call(stranger.cookie, "DELETE", `/api/v1/sessions/${id}`)).status).toBe(404);
  });

  it("of the operator, when the installation's key is another one", async () => {
    const other = await serveApp(database, { apiKey: "another-key-0123456789" });
    try {
      const { cookie } = await signIn(app.url, { apiKey: API_KEY });
      const shown = await send(other.url, "GET", "/api/v1/session", { Cookie: cookie });
      expect(shown.status).toBe(401);
      const own = await signIn(other.url, { apiKey: "another-key-0123456789" });
      const listed = await send(other.url, "GET", "/api/v1/sessions", { Cookie: own.cookie });
      expect(idsOf(listed)).toEqual([own.sessionId]);
      expect(await statusOf(own.cookie)).toBe(401);
    } finally {
      await other.close();
    }
  });
});

it("a session ends at once for two that share a database, as processes of one PostgreSQL do", async () => {
  const shared: Database = { ...database, kind: "postgres" };
  const [first, second] = [await serveApp(shared), await serveApp(shared)];
  try {
    const statuses = (cookie: string) =>
      Promise.all(
        [first, second].map(async ({ url }) => {
          return (await send(url, "GET", "/api/v1/session", { Cookie: cookie })).status;
        }),
      );
    const { apiKey, keyId } = await first.newKey({ account: "shared" });
    const [out, revoked] = [await signIn(first.url, { apiKey }), await signIn(second.url, { apiKey })];
    for (const { cookie } of [out, revoked]) expect(await statuses(cookie)).toEqual([200, 200]);
    await send(second.url, "DELETE", "/api/v1/session", { Cookie: out.cookie, ...OWN });
    expect(await statuses(out.cookie)).toEqual([401, 401]);
    await send(first.url, "DELETE", `/api/v1/keys/${keyId}`, { Cookie: revoked.cookie, ...OWN });
    expect(await statuses(revoked.cookie)).toEqual([401, 401]);
  } finally {
    await second.close();
    await first.close();
  }
});
