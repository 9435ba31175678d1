// What the server sends of the dashboard: for how long it is kept, with which rules for the browser, and nothing else.
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dashboard } from "../../api/routes/dashboard.ts";

const DOCUMENT = `<!doctype html><base href="/" /><meta name="style-nonce" content="" />`;

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-dashboard-"));
  await mkdir(join(folder, "built/assets"), { recursive: true });
  await writeFile(join(folder, "built/index.html"), DOCUMENT);
  await writeFile(join(folder, "built/assets/main-abc.js"), "run()");
  await writeFile(join(folder, "built/assets/main-abc.js.br"), "as brotli");
  await writeFile(join(folder, "built/icon.svg"), "<svg/>");
  await writeFile(join(folder, "secret.js"), "secret");
  const app = express().use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  app.use(dashboard(join(folder, "built"), "https://shop.example/berth/"));
  server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** The path is sent exactly as it is. */
async function get(path: string, headers: Record<string, string> = {}) {
  const { port } = server.address() as AddressInfo;
  const sent = request({ host: "127.0.0.1", port, path, headers }).end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let body = "";
  for await (const piece of answer.setEncoding("utf8")) body += piece;
  return { status: answer.statusCode, headers: answer.headers, body };
}

describe("the document", () => {
  it.each(["/", "/sign-in", "/buy", "/assistants/01a2/logs", "/account", "/account/keys", "/operator/fleet"])(
    "comes at %s, is never kept, and knows where Berth is served",
    async (path) => {
      const { status, headers, body } = await get(path);
      expect(status).toBe(200);
      expect(headers["cache-control"]).toBe("no-store");
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(body).toContain('<base href="/berth/"');
    },
  );
  it("has the browser ask at once for what the page needs, if somebody may be signed in", async () => {
    const cookie = "__Host-berth-session-01a2b3c4=value";
    const asked = async (path: string, headers: Record<string, string>) =>
      [...(await get(path, headers)).body.matchAll(/as="fetch" crossorigin href="([^"]+)"/g)].map(
        ([, href]) => href,
      );
    expect(await asked("/", { cookie })).toEqual([
      "api/v1/session",
      "api/v1/assistants?limit=50",
      "api/v1/assistants/totals",
    ]);
    expect(await asked("/?search=a", { cookie })).toEqual(["api/v1/session"]);
    expect(await asked("/account/keys", { cookie })).toEqual(["api/v1/session"]);
    expect(await asked("/", {})).toEqual([]);
  });
  it("allows scripts and calls of this origin alone, styles by a nonce of this answer, and no frame", async () => {
    const [first, second] = [await get("/"), await get("/")];
    const nonces = [first, second].map(({ body }) => /content="([^"]{20,})"/.exec(body)?.[1]);
    expect(nonces[0]).toBeTruthy();
    expect(nonces[0]).not.toBe(nonces[1]);
    const policy = String(first.headers["content-security-policy"]).split(";");
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonces[0]}'`,
      "img-src 'self' data:",
      "connect-src 'self'",
      "font-src 'self'",
      "base-uri 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]);
  });
  it.each(["/nothing", "/index.html", "/assistant/1", "/apis", "/docs/nothing"])(
    "comes with 404 to a browser at %s, which is no page, and not to a program",
    async (path) => {
      const { status, headers, body } = await get(path, { Accept: "text/html,*/*;q=0.8" });
      expect([status, headers["cache-control"], headers.vary]).toEqual([404, "no-store", "Accept"]);
      expect(headers["content-security-policy"]).toContain("script-src 'self'");
      expect(body).toContain('<base href="/berth/"');
      for (const Accept of ["*/*", "application/json", "application/json, text/html;q=0.5"])
        expect((await get(path, { Accept })).body, Accept).not.toContain("<base");
    },
  );
  it.each(["/api", "/api/", "/api/v1/nothing", "/API/v1/nothing"])("never comes at %s", async (path) => {
    expect((await get(path, { Accept: "text/html" })).body).not.toContain("<base");
  });
});

describe("files", () => {
  it("whose names have a hash are kept for ever, and come compressed where the browser takes that", async () => {
    const { headers, body } = await get("/assets/main-abc.js", { "Accept-Encoding": "br" });
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(headers["content-encoding"]).toBe("br");
    expect(body).toBe("as brotli");
    expect((await get("/assets/main-abc.js")).body).toBe("run()");
  });
  it("without a hash are asked for again", async () => {
    expect((await get("/icon.svg")).headers["cache-control"]).toBe("no-cache");
  });
  it.each([
    "/assets/../../secret.js",
    "/assets/%2e%2e/%2e%2e/secret.js",
    "/assets/..%2f..%2fsecret.js",
    "/assets/%00",
    "/assets/%E0%A4%A",
    "//secret.js",
  ])("outside of the folder are not there: %s", async (path) => {
    const { status, body } = await get(path);
    expect([400, 404]).toContain(status);
    expect(body).not.toBe("secret");
  });
});
