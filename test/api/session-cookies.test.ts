// The cookie of a session: how it is set on http and https, and what else a browser, or somebody else, may send as one.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../stacks/database/database.ts";
import { type AppSettings, type ServedApp, serveApp } from "../support/app.ts";
import { API_KEY } from "../support/berth.ts";
import { send, signIn } from "../support/browser-calls.ts";
import { openEmptyDatabase } from "../support/empty-database.ts";

const VALUE = "[A-Za-z0-9_-]{43}";

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

async function statusOf(cookie: string | string[], headers: Record<string, string> = {}): Promise<number> {
  return (await send(app.url, "GET", "/api/v1/session", { ...headers, Cookie: cookie })).status;
}

describe("is set", () => {
  const HTTPS = { "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9" };
  it.each<[string, AppSettings, Record<string, string>, "http" | "https"]>([
    ["on http", {}, {}, "http"],
    ["where the public URL is http", { publicUrl: "http://berth.example" }, {}, "http"],
    ["where the public URL is https", { publicUrl: "https://berth.example" }, {}, "https"],
    ["where it is below a path", { publicUrl: "https://berth.example/berth" }, {}, "https"],
    ["where a trusted proxy says https", { trustProxy: ["127.0.0.1"] }, HTTPS, "https"],
    [
      "where a trusted proxy says http",
      { trustProxy: ["127.0.0.1"] },
      { "X-Forwarded-Proto": "http" },
      "http",
    ],
    ["where somebody else says https", { trustProxy: ["192.0.2.1"] }, HTTPS, "http"],
    ["where nobody is trusted", {}, HTTPS, "http"],
  ])("%s", async (_, settings, headers, expected) => {
    const served = await serveApp(database, settings);
    try {
      const { cookie, setCookie } = await signIn(served.url, { apiKey: API_KEY }, headers);
      const name = expected === "https" ? `__Host-${app.cookieName}` : app.cookieName;
      const secure = expected === "https" ? "; Secure" : "";
      expect(setCookie).toMatch(new RegExp(`^${name}=${VALUE}; Path=/; HttpOnly${secure}; SameSite=Strict$`));
      const own = { ...headers, Cookie: cookie, "Sec-Fetch-Site": "same-origin" };
      expect((await send(served.url, "GET", "/api/v1/session", own)).status).toBe(200);
      const out = await send(served.url, "DELETE", "/api/v1/session", own);
      expect(out.headers["set-cookie"]?.[0]).toMatch(
        new RegExp(`^${name}=; Path=/; Expires=[^;]+; HttpOnly${secure}; SameSite=Strict$`),
      );
    } finally {
      await served.close();
    }
  });
});

it("of another installation on the same host has another name, and neither signs the other out", async () => {
  const other = await serveApp(database, { secretKey: Buffer.alloc(32, 8) });
  try {
    expect(other.cookieName).not.toBe(app.cookieName);
    const [here, there] = [
      await signIn(app.url, { apiKey: API_KEY }),
      await signIn(other.url, { apiKey: API_KEY }),
    ];
    const both = `${there.cookie}; ${here.cookie}`;
    for (const { url } of [app, other])
      expect((await send(url, "GET", "/api/v1/session", { Cookie: both })).status).toBe(200);
  } finally {
    await other.close();
  }
});

describe("is found", () => {
  it.each<[string, (cookie: string) => string | string[], number]>([
    ["alone", (cookie) => cookie, 200],
    ["among others", (cookie) => `a=1; ${cookie}; b="2"; c`, 200],
    ["without spaces", (cookie) => `a=1;${cookie};b=2`, 200],
    ["in the second of two headers", (cookie) => ["a=1", cookie], 200],
    ["twice the same", (cookie) => `${cookie}; ${cookie}`, 200],
    ["beside one whose bytes are odd", (cookie) => `x=\xff\x80\t%00"'<>; ${cookie}`, 200],
    ["beside many", (cookie) => `${"a=b; ".repeat(2_000)}${cookie}`, 200],
    ["beside another of its name", (cookie) => `${cookie}; ${cookie.replace(/.$/, "_")}`, 401],
    ["after an empty one of its name", (cookie) => `${cookie.split("=")[0]}=; ${cookie}`, 401],
    ["in two headers that differ", (cookie) => [`${cookie}x`, cookie], 401],
    ["in quotation marks", (cookie) => cookie.replace(/=(.*)/, '="$1"'), 401],
    ["with more behind it", (cookie) => `${cookie}A`, 401],
    ["with less", (cookie) => cookie.slice(0, -1), 401],
    ["as another one", (cookie) => `${cookie.slice(0, -6)}AAAAAA`, 401],
    ["with the prefix of https", (cookie) => `__Host-${cookie}`, 401],
    ["in capitals", (cookie) => cookie.replace("berth", "BERTH"), 401],
    ["behind a space in its name", (cookie) => cookie.replace("=", " ="), 401],
    ["with a zero byte's code", (cookie) => `${cookie}%00`, 401],
    ["with a high byte", (cookie) => `${cookie.slice(0, -1)}\xe9`, 401],
    ["separated by commas", (cookie) => `a=1, ${cookie}`, 401],
    ["of no bytes", () => "", 401],
    ["of nothing but separators", () => ";;;=;=;", 401],
  ])("or not: %s", async (_, sent, expected) => {
    const { cookie } = await signIn(app.url, { apiKey: API_KEY });
    expect(await statusOf(sent(cookie))).toBe(expected);
  });

  it("on https without the prefix: never, as any host or plain http could have set it", async () => {
    const served = await serveApp(database, { publicUrl: "https://berth.example" });
    try {
      const { cookie } = await signIn(served.url, { apiKey: API_KEY });
      const sent = (text: string) => send(served.url, "GET", "/api/v1/session", { Cookie: text });
      const bare = cookie.replace("__Host-", "");
      expect((await sent(bare)).status).toBe(401);
      expect((await sent(`${bare.slice(0, -3)}AAA; ${cookie}`)).status).toBe(200);
    } finally {
      await served.close();
    }
  });

  it("never, when all headers are larger than 16 KiB", async () => {
    const { cookie } = await signIn(app.url, { apiKey: API_KEY });
    expect(await statusOf(`${cookie}; a=${"x".repeat(17_000)}`)).toBe(431);
    expect(await statusOf(cookie)).toBe(200);
  });
});
