// Signing in by a browser: its cookie does what its key does, from Berth's own page alone, and ends with it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Database, openDatabase } from "../../stacks/database/database.ts";
import { type ServedApp, serveApp } from "../support/app.ts";
import { API_KEY } from "../support/berth.ts";
import { send, signIn } from "../support/browser-calls.ts";
import { putEmptyDatabase } from "../support/empty-database.ts";

let folder: string;
let database: Database;
let app: ServedApp;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-sessions-"));
  await putEmptyDatabase(folder);
  database = await openDatabase({ folder: join(folder, "database") });
  app = await serveApp(database);
});
afterAll(async () => {
  await app?.close();
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

it("a cookie is known until it is signed out, and changes things from Berth's own page alone", async () => {
  const { cookie, setCookie, sessionId } = await signIn(app.url, { apiKey: API_KEY });
  expect(setCookie).toMatch(
    /^berth-session-[0-9a-f]{8}=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const shown = await send(app.url, "GET", "/api/v1/session", { Cookie: cookie });
  expect(shown.body.data).toMatchObject({ sessionId, keyId: "operator", isOperator: true, isCurrent: true });
  const create = (headers: Record<string, string>) =>
    send(app.url, "POST", "/api/v1/keys", { Cookie: cookie, ...headers }, { account: "thin" });
  expect((await create({})).status).toBe(403);
  expect((await create({ Origin: "http://evil.example" })).status).toBe(403);
  expect((await create({ "Sec-Fetch-Site": "same-origin" })).status).toBe(201);
  const out = await send(app.url, "DELETE", "/api/v1/session", { Cookie: cookie, Origin: app.url });
  expect(out.status).toBe(200);
  expect(out.headers["set-cookie"]?.[0]).toContain("Expires=Thu, 01 Jan 1970");
  expect((await send(app.url, "GET", "/api/v1/session", { Cookie: cookie })).status).toBe(401);
});
