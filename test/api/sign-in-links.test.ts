// Links that sign the operator in: each once, for ten minutes, and the token is nowhere but in the link.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hexHash } from "../../stacks/accounts/api-keys.ts";
import type { Database } from "../../stacks/database/database.ts";
import { forgetOld } from "../../stacks/watch/housekeeping.ts";
import { type ServedApp, serveApp } from "../support/app.ts";
import { API_KEY } from "../support/berth.ts";
import { send } from "../support/browser-calls.ts";
import { openEmptyDatabase } from "../support/empty-database.ts";

let database: Database;
let app: ServedApp;
/** On the same database, as another process is on a shared one. */
let other: ServedApp;
beforeAll(async () => {
  database = await openEmptyDatabase();
  app = await serveApp(database);
  other = await serveApp(database, { publicUrl: "https://berth.example/berth" });
});
beforeEach(async () => {
  await database.sql.deleteFrom("sign_in_links").execute();
});
afterAll(async () => {
  await other?.close();
  await app?.close();
  await database?.close();
});

async function newLink(served: ServedApp = app): Promise<{ url: string; token: string; endsAt: string }> {
  const { status, body } = await send(served.url, "POST", "/api/v1/sign-in-links", { "X-API-Key": API_KEY });
  expect(status).toBe(201);
  const { url, endsAt } = body.data as { url: string; endsAt: string };
  return { url, token: new URL(url).hash.slice(1), endsAt };
}

function use(link: string, served: ServedApp = app) {
  return send(served.url, "POST", "/api/v1/session", {}, { link });
}

async function age(token: string, minutes: number): Promise<void> {
  await database.sql
    .updateTable("sign_in_links")
    .set({ created_at: sql<Date>`now() - make_interval(secs => ${minutes * 60}::float8)` })
    .where("hash", "=", hexHash(token))
    .execute();
}

it("leads to the page below the public address, its token behind the #", async () => {
  const { url, token, endsAt } = await newLink();
  expect(url).toBe(`${app.url}/sign-in#${token}`);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(Math.abs(Date.parse(endsAt) - Date.now() - 600_000)).toBeLessThan(60_000);
  expect((await newLink(other)).url).toMatch(/^https:\/\/berth\.example\/berth\/sign-in#/);
});

it("signs the operator in once", async () => {
  const { token } = await newLink();
  const first = await use(token);
  expect(first.status).toBe(201);
  expect(first.body.data).toMatchObject({ keyId: "operator", isOperator: true, account: "default" });
  expect(first.headers["set-cookie"]).toHaveLength(1);
  const second = await use(token);
  expect(second.status).toBe(401);
  expect(second.body.error?.message).toContain("npm run -s berth -- sign-in");
});

it("works in another process, and is used up in all", async () => {
  const { token } = await newLink();
  expect((await use(token, other)).status).toBe(201);
  expect((await use(token)).status).toBe(401);
});

it("lets one in of many who use it at the same time", async () => {
  const { token } = await newLink();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => use(token, index % 2 ? app : other)),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(19).fill(401)]);
});

describe("its time", () => {
  it.each([
    [9.9, 201],
    [10.1, 401],
    [-10, 401],
  ])("made %d minutes ago: %i", async (minutes, status) => {
    const { token } = await newLink();
    await age(token, minutes);
    expect((await use(token)).status).toBe(status);
  });

  it("is over: it is deleted, and one that works is kept", async () => {
    const [over, works] = [await newLink(), await newLink()];
    await age(over.token, 11);
    await forgetOld(database.sql);
    const left = await database.sql.selectFrom("sign_in_links").select("hash").execute();
    expect(left).toEqual([{ hash: hexHash(works.token) }]);
  });
});

it("ends with the installation's key", async () => {
  const { token } = await newLink();
  const changed = await serveApp(database, { apiKey: "another-key-0123456789" });
  try {
    expect((await use(token, changed)).status).toBe(401);
    expect((await use(token)).status).toBe(201);
  } finally {
    await changed.close();
  }
});

it("is stored as a hash, logged nowhere, and made for nobody but the operator", async () => {
  const { token } = await newLink();
  const rows = await database.sql.selectFrom("sign_in_links").selectAll().execute();
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(token);
  await use(token);
  expect(app.logged.join("")).not.toContain(token);
  const { apiKey } = await app.newKey({ account: "customer" });
  const asked = await send(app.url, "POST", "/api/v1/sign-in-links", { "X-API-Key": apiKey });
  expect([asked.status, asked.body.error?.code]).toEqual([403, "FORBIDDEN"]);
  expect((await send(app.url, "POST", "/api/v1/sign-in-links")).status).toBe(401);
});

it("is no key: nothing else takes its token, and no page of another origin uses it", async () => {
  const { token } = await newLink();
  expect((await send(app.url, "GET", "/api/v1/session", { "X-API-Key": token })).status).toBe(401);
  expect(
    (await send(app.url, "GET", "/api/v1/session", { Cookie: `${app.cookieName}=${token}` })).status,
  ).toBe(401);
  const foreign = await send(
    app.url,
    "POST",
    "/api/v1/session",
    { Origin: "http://evil.example" },
    { link: token },
  );
  expect(foreign.status).toBe(403);
  expect((await use(token)).status).toBe(201);
});
