// What can be read in two ways is refused, and no answer is kept by whom it is not for.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import express from "express";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepForKeyAlone, keepNothing } from "../../api/middleware/cache-headers.ts";
import { answerProblem, noSuchPage } from "../../api/middleware/problem.ts";
import { Refusals } from "../../api/middleware/refusals.ts";
import { requireHost } from "../../api/middleware/require-host.ts";
import { readJson, requireJson } from "../../api/middleware/require-json.ts";

interface Answered {
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly details?: unknown };
}

const JSON_TYPE = "application/json";

let server: Server;
beforeAll(async () => {
  const app = express().use(keepNothing, requireHost);
  app.get("/open", (_request, response) => void response.json({}));
  app.use("/api", keepForKeyAlone, requireJson, readJson);
  app.all("/api/echo", (request, response) => void response.json({ data: request.body ?? null }));
  server = createServer(app.use(noSuchPage, answerProblem(pino({ level: "silent" }), new Refusals(30))));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function port(): number {
  return (server.address() as AddressInfo).port;
}

async function post(body: Uint8Array | string, type = JSON_TYPE) {
  const answer = await fetch(`http://127.0.0.1:${port()}/api/echo`, {
    method: "POST",
    headers: { "Content-Type": type },
    body: typeof body === "string" ? body : Buffer.from(body),
  });
  return { status: answer.status, body: (await answer.json()) as Answered };
}

/** All that is answered to these lines and two line ends. */
async function sent(...lines: string[]): Promise<string> {
  const socket = connect(port(), "127.0.0.1");
  socket.setEncoding("utf8").write(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`);
  let all = "";
  for await (const piece of socket) all += piece;
  return all;
}

describe("a Host header", () => {
  it.each([
    ["two of them", ["Host: a", "Host: b"]],
    ["twice the same", ["Host: a", "host: a"]],
    ["empty", ["Host:"]],
    ["with a user", ["Host: user@berth.example"]],
    ["with a path", ["Host: berth.example/x"]],
    ["with a space", ["Host: berth.example evil.example"]],
    ["two hosts in one", ["Host: a, b"]],
    ["with a port that is none", ["Host: berth.example:http"]],
  ])("is refused: %s", async (_, hosts) => {
    const answer = await sent("GET /open HTTP/1.1", ...hosts);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"field":"Host"');
  });

  it.each(["berth.example", "Berth.example:8080", "127.0.0.1:1", "[::1]:8080", "a_b-c"])(
    "is taken: %s",
    async (host) => {
      expect(await sent("GET /open HTTP/1.1", `Host: ${host}`)).toMatch(/^HTTP\/1.1 200 /);
    },
  );

  it("may be left out by HTTP/1.0", async () => {
    expect(await sent("GET /open HTTP/1.0")).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe("a body", () => {
  it.each(["utf-16", "utf-16le", "utf-7", "utf-32", "iso-8859-1", '"utf-16"', "utf-8; charset=utf-16", ""])(
    "in the charset %s is refused",
    async (charset) => {
      const { status, body } = await post('{"a":1}', `${JSON_TYPE}; charset=${charset}`);
      expect([status, body.error?.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    },
  );

  it.each([JSON_TYPE, `${JSON_TYPE}; charset=utf-8`, `${JSON_TYPE};Charset="UTF-8"`])(
    "is taken as %s",
    async (type) => {
      expect(await post('{"a":"é"}', type)).toEqual({ status: 200, body: { data: { a: "é" } } });
    },
  );

  it.each([
    ["a lone byte", [0xff]],
    ["half a character", [0xc3]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["half a surrogate pair", [0xed, 0xa0, 0x80]],
  ])("with bytes that are no UTF-8 is refused: %s", async (_, bytes) => {
    const { status, body } = await post(Buffer.from([...Buffer.from('{"a":"'), ...bytes, 0x22, 0x7d]));
    expect(status).toBe(400);
    expect(body.error?.details).toEqual([{ field: "body", message: "is not valid UTF-8" }]);
  });
});

describe("an answer says who may keep it:", () => {
  it.each([
    ["what is read with a key, its holder, who asks again", "GET", "/api/echo", "private, no-cache"],
    ["what a change answers, nobody", "POST", "/api/echo", "no-store"],
    ["what needs no key, nobody", "GET", "/open", "no-store"],
    ["an error of a call with a key, nobody", "GET", "/api/none", "no-store"],
    ["any other error, nobody", "GET", "/none", "no-store"],
  ])("%s", async (_, method, path, expected) => {
    const { headers } = await fetch(`http://127.0.0.1:${port()}${path}`, { method });
    expect(headers.get("cache-control")).toBe(expected);
    if (path.startsWith("/api")) expect(headers.get("vary")).toContain("X-API-Key");
  });
});
