// What is no call at all is refused in the shape of every other error, byte by byte, and the connection is closed.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerNoCalls, httpServer } from "../../api/http-server.ts";
import { ownTime } from "../support/own-time.ts";

const START = "POST / HTTP/1.1\r\nHost: x\r\n";

let server: Server;
beforeAll(async () => {
  server = httpServer({ most: 100, ofAddress: 100 }).on("request", (request, response) => {
    if (request.url === "/half") {
      response.writeHead(200, { "Content-Length": "10" });
      response.write("half");
      return;
    }
    request.resume().once("end", () => response.end("fine"));
  });
  await listening(server);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("is answered and hung up on", () => {
  it.each([
    ["no HTTP", "hello\r\n\r\n", 400, /no HTTP request/],
    ["a header without a name", `${START}: x\r\n\r\n`, 400, /no HTTP request/],
    ["two lengths", `${START}Content-Length: 2\r\nContent-Length: 3\r\n\r\nab`, 400, /no HTTP request/],
    [
      "headers of more than 16 KiB",
      `${START}X-Large: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      /larger than 16 KiB/,
    ],
    [
      "a wish that can't be met",
      `${START}Expect: rain\r\nContent-Length: 5\r\n\r\nab\r\n\r\n`,
      417,
      /100-continue only/,
    ],
    ["headers that never end", START, 408, /headers may take 10 s/],
  ])("%s", async (_, text, status, says) => {
    const { head, body, ownMs } = await sent(server, text);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\n`));
    expect(head).toContain("\r\nConnection: close");
    expect(JSON.parse(body)).toEqual({
      error: { code: "INVALID_REQUEST", message: expect.stringMatching(says) },
    });
    expect(ownMs).toBeLessThan(15_000);
  });
});

it("an answer that is out already is not followed by another", async () => {
  const { text } = await sent(server, "GET /half HTTP/1.1\r\nHost: x\r\n\r\n", "rubbish\r\n\r\n");
  expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n.*half$/s);
  expect(text).not.toContain("INVALID_REQUEST");
});

it("after an answer that is whole, what is no HTTP is refused on the same connection", async () => {
  const { text } = await sent(server, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "rubbish\r\n\r\n");
  expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n.*fine\s*HTTP\/1.1 400 Bad Request\r\n.*INVALID_REQUEST/s);
});

it("a body that never ends is cut off", async () => {
  const hasty = createServer(
    { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 100 },
    () => {},
  );
  answerNoCalls(hasty);
  await listening(hasty);
  const { head, ownMs } = await sent(hasty, `${START}Content-Length: 5\r\n\r\na`);
  hasty.close();
  expect(head).toMatch(/^HTTP\/1.1 408 /);
  expect(ownMs).toBeLessThan(5_000);
});

describe("a connection opened ahead", () => {
  let hasty: Server;
  beforeAll(async () => {
    const limits = { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 50 };
    hasty = createServer(limits, (_, response) => response.end("fine"));
    answerNoCalls(hasty);
    await listening(hasty);
  });
  afterAll(() => hasty.close());

  it("ends without a word when nothing is asked: it would pass for the answer to what is asked next", async () => {
    expect((await sent(hasty)).text).toBe("");
  });
  it("is answered when the process was held up while the request came", async () => {
    const socket = connect((hasty.address() as AddressInfo).port, "127.0.0.1");
    await once(hasty, "connection");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const until = performance.now() + 600;
    while (performance.now() < until);
    const [answer] = await once(socket.setEncoding("utf8"), "data");
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });
});

async function listening(one: Server): Promise<void> {
  await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
}

/** Sends the pieces, each once the one before it is being answered, and reads until the server hangs up. */
async function sent(to: Server, ...pieces: string[]) {
  const own = ownTime();
  const socket = connect((to.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  let text = "";
  socket.setEncoding("utf8").on("data", (piece) => {
    text += piece;
  });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await once(socket, "data");
    socket.write(piece);
  }
  await closed;
  const [head = "", body = ""] = text.split(/\r\n\r\n(.*)/s);
  return { text, head, body, ownMs: own() };
}
