// Which pages a session's calls may come from: changes from Berth's own alone, reads from no foreign one, keys from anywhere.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../stacks/database/database.ts";
import { type ServedApp, serveApp } from "../support/app.ts";
import { API_KEY } from "../support/berth.ts";
import { send, signIn } from "../support/browser-calls.ts";
import { openEmptyDatabase } from "../support/empty-database.ts";

let database: Database;
let app: ServedApp;
let cookie: string;
beforeAll(async () => {
  database = await openEmptyDatabase();
  app = await serveApp(database);
  ({ cookie } = await signIn(app.url, { apiKey: API_KEY }));
});
afterAll(async () => {
  await app?.close();
  await database?.close();
});

type Headers = Record<string, string>;

/** Where the page is, and whether its changes, its reads and its sign-in are taken. `OWN` stands for the app's address. */
const PAGES: readonly [string, Headers, boolean, boolean, boolean][] = [
  ["Berth's own, by a modern browser", { "Sec-Fetch-Site": "same-origin", Origin: "OWN" }, true, true, true],
  ["Berth's own, without an Origin", { "Sec-Fetch-Site": "same-origin" }, true, true, true],
  ["Berth's own on plain http", { Origin: "OWN" }, true, true, true],
  ["nothing: no headers", {}, false, true, true],
  ["the address bar", { "Sec-Fetch-Site": "none" }, false, true, true],
  ["another site", { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" }, false, false, false],
  ["another site, silent on its origin", { "Sec-Fetch-Site": "cross-site" }, false, false, false],
  ["this host on another port", { "Sec-Fetch-Site": "same-site", Origin: "PORT" }, false, false, false],
  ["this host on another port, on plain http", { Origin: "PORT" }, false, false, false],
  ["this host by https", { Origin: "HTTPS" }, false, false, false],
  ["another host on plain http", { Origin: "http://evil.example" }, false, false, false],
  ["a host that begins alike", { Origin: "OWN.evil.example" }, false, false, false],
  ["an opaque origin", { Origin: "null" }, false, false, false],
  [
    "an opaque origin that says it is here",
    { "Sec-Fetch-Site": "cross-site", Origin: "OWN" },
    false,
    false,
    false,
  ],
  ["an empty origin", { Origin: "" }, false, false, false],
  ["two origins", { Origin: "OWN, http://evil.example" }, false, false, false],
  ["an unknown relation", { "Sec-Fetch-Site": "nearby", Origin: "OWN" }, false, false, false],
  ["two relations", { "Sec-Fetch-Site": "same-origin, cross-site" }, false, false, false],
];

function filled(headers: Headers): Headers {
  const { host, port } = new URL(app.url);
  const elsewhere = { PORT: app.url.replace(port, "1"), HTTPS: `https://${host}`, OWN: app.url };
  const fill = (text: string) => text.replace(/PORT|HTTPS|OWN/, (name) => elsewhere[name as "OWN"]);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
}

describe.each(PAGES)("a call from %s", (_, template, mayChange, mayRead, maySignIn) => {
  const change = (more: Headers) =>
    send(app.url, "POST", "/api/v1/keys", { ...filled(template), ...more }, { account: "origins" });
  const read = (method: string, more: Headers) =>
    send(app.url, method, "/api/v1/keys", { ...filled(template), ...more });

  it(`${mayChange ? "may" : "may not"} change`, async () => {
    const answer = await change({ Cookie: cookie });
    expect(answer.status).toBe(mayChange ? 201 : 403);
    if (!mayChange) expect(answer.body.error?.code).toBe("FORBIDDEN");
    const unknown = { ...filled(template), Cookie: cookie };
    for (const method of ["PUT", "PATCH", "DELETE", "BREW"]) {
      const { status } = await send(app.url, method === "BREW" ? "LOCK" : method, "/api/v1/keys", unknown);
      expect(status, method).toBe(mayChange ? 404 : 403);
    }
  });
  it(`${mayRead ? "may" : "may not"} read`, async () => {
    for (const method of ["GET", "HEAD"])
      expect((await read(method, { Cookie: cookie })).status, method).toBe(mayRead ? 200 : 403);
  });
  it("may do both with a key, as ever", async () => {
    expect((await change({ "X-API-Key": API_KEY })).status).toBe(201);
    expect((await change({ "X-API-Key": API_KEY, Cookie: cookie })).status).toBe(201);
    expect((await read("GET", { "X-API-Key": API_KEY })).status).toBe(200);
  });
  it(`${maySignIn ? "may" : "may not"} sign in`, async () => {
    const answer = await send(app.url, "POST", "/api/v1/session", filled(template), { apiKey: API_KEY });
    expect(answer.status).toBe(maySignIn ? 201 : 403);
    expect(answer.headers["set-cookie"] === undefined).toBe(!maySignIn);
  });
  it(`${mayChange ? "may" : "may not"} sign out`, async () => {
    const own = await signIn(app.url, { apiKey: API_KEY });
    const headers = { ...filled(template), Cookie: own.cookie };
    expect((await send(app.url, "DELETE", "/api/v1/session", headers)).status).toBe(mayChange ? 200 : 403);
    const after = await send(app.url, "GET", "/api/v1/session", { Cookie: own.cookie });
    expect(after.status).toBe(mayChange ? 401 : 200);
  });
});

describe("a form, which a page of any origin may post,", () => {
  const forms: readonly [string, string][] = [
    ["application/x-www-form-urlencoded", `apiKey=${API_KEY}`],
    [
      "multipart/form-data; boundary=x",
      `--x\r\nContent-Disposition: form-data; name="apiKey"\r\n\r\n1\r\n--x--`,
    ],
    ["text/plain", `{"apiKey":"${API_KEY}"}`],
  ];
  it.each(forms)("as %s changes nothing and signs nobody in", async (type, body) => {
    const foreign = { "Content-Type": type, Origin: "http://evil.example" };
    const own = { "Content-Type": type, Origin: app.url };
    const post = (path: string, headers: Headers) => send(app.url, "POST", path, headers, body);
    for (const path of ["/api/v1/keys", "/api/v1/sign-in-links"]) {
      expect((await post(path, { ...foreign, Cookie: cookie })).status).toBe(403);
      expect((await post(path, { ...own, Cookie: cookie })).status).toBe(415);
    }
    for (const headers of [foreign, own]) {
      const answer = await post("/api/v1/session", headers);
      expect(answer.status).toBe(415);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
  });
});

describe("Berth's own origin", () => {
  it.each<[string, string[] | undefined, Headers, string, boolean]>([
    ["the public address", undefined, {}, "https://berth.example", true],
    ["the public address with its port", undefined, {}, "https://berth.example:443", false],
    ["the public address by http", undefined, {}, "http://berth.example", false],
    ["the Host", undefined, { Host: "LAN.example:81" }, "http://lan.example:81", true],
    ["the Host with a usual port", undefined, { Host: "lan.example:80" }, "http://lan.example", true],
    ["the Host of IPv6", undefined, { Host: "[::1]:8080" }, "http://[::1]:8080", true],
    ["another than the Host", undefined, { Host: "lan.example:81" }, "http://lan.example:82", false],
    [
      "what nobody trusted says",
      undefined,
      { "X-Forwarded-Host": "evil.example" },
      "http://evil.example",
      false,
    ],
    [
      "what a trusted proxy says",
      ["127.0.0.1"],
      { "X-Forwarded-Host": "shop.example", "X-Forwarded-Proto": "https" },
      "https://shop.example",
      true,
    ],
    [
      "what a trusted proxy says, by http",
      ["127.0.0.1"],
      { "X-Forwarded-Host": "shop.example", "X-Forwarded-Proto": "https" },
      "http://shop.example",
      false,
    ],
  ])("is, or is not, %s", async (_, trustProxy, headers, origin, isOwn) => {
    const served = await serveApp(database, {
      publicUrl: "https://berth.example/berth",
      ...(trustProxy && { trustProxy }),
    });
    try {
      const signedIn = await signIn(served.url, { apiKey: API_KEY });
      const sent = { ...headers, Cookie: signedIn.cookie, Origin: origin };
      const answer = await send(served.url, "POST", "/api/v1/keys", sent, { account: "origins" });
      expect(answer.status).toBe(isOwn ? 201 : 403);
    } finally {
      await served.close();
    }
  });
});

describe("an answer to a session", () => {
  it.each(["/api/v1/session", "/api/v1/keys", "/api/v1/none", "/api/v1/assistants/x/logs"])(
    "may be read by no other origin: %s",
    async (path) => {
      const { headers } = await send(app.url, "GET", path, { Cookie: cookie, Origin: app.url });
      expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
      expect(headers.vary).toContain("Cookie");
    },
  );
  it("is not promised to other origins beforehand either", async () => {
    const asked = { Origin: "http://evil.example", "Access-Control-Request-Method": "DELETE" };
    const { status, headers } = await send(app.url, "OPTIONS", "/api/v1/session", asked);
    expect(status).toBe(404);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
  });
});
