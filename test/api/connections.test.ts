// One address, or one client of a proxy, takes its share of the server and no more.
import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import express from "express";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { connectionLimits } from "../../api/config/limits.ts";
import { httpServer } from "../../api/http-server.ts";
import { shareAnswers, shareConnections } from "../../api/middleware/connection-shares.ts";
import { answerProblem } from "../../api/middleware/problem.ts";
import { Refusals } from "../../api/middleware/refusals.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A connection from an address of this host: the beginning of what it is answered, nothing if it is closed. */
async function answered(port: number, localAddress = "127.0.0.1"): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, localAddress }).on("error", () => {});
  sockets.push(socket);
  socket.write(GET);
  const [data] = await Promise.race([once(socket, "data"), once(socket, "close").then(() => [])]);
  return String(data ?? "").slice(0, 12);
}

const fine = (server: Server) => server.on("request", (_request, response) => response.end("fine"));

describe("connections", () => {
  it("of one address beyond its share are closed, those of others are served, and one that ends makes room", async () => {
    const port = await listening(fine(httpServer({ most: 100, ofAddress: 3 })));
    const all = [];
    for (let count = 0; count < 5; count++) all.push(await answered(port));
    expect(all).toEqual(["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 200", "", ""]);
    expect(await answered(port, "127.0.0.2")).toBe("HTTP/1.1 200");
    sockets[0]?.destroy();
    await expect.poll(() => answered(port)).toBe("HTTP/1.1 200");
  });

  it("of a trusted proxy are any number", async () => {
    const port = await listening(fine(httpServer({ most: 100, ofAddress: 1 }, ["10.0.0.1", "127.0.0.0/8"])));
    const all = await Promise.all(Array.from({ length: 10 }, () => answered(port)));
    expect(new Set(all)).toEqual(new Set(["HTTP/1.1 200"]));
  });

  it.each([
    ["an IPv6 customer's addresses are one", ["2001:db8::1", "2001:db8::2"], [], 1],
    ["two networks are two", ["2001:db8::1", "2001:db8:1::1"], [], 2],
    ["an IPv4 address is the same as a mapped one", ["192.0.2.1", "::ffff:192.0.2.1"], [], 1],
    ["a proxy is known by its mapped address, too", ["::ffff:10.0.0.1", "10.0.0.1"], ["10.0.0.1"], 2],
    ["a proxy's range", ["::ffff:10.0.0.1", "10.0.0.1", "10.0.1.1", "10.0.1.1"], ["10.0.0.0/24"], 3],
    ["an IPv6 proxy", ["fd00::1", "fd00::1"], ["fd00::/8"], 2],
  ])("are counted by whom they are of: %s", (_, addresses, proxies, kept) => {
    const take = shareConnections(1, proxies);
    let open = addresses.length;
    for (const remoteAddress of addresses)
      take(Object.assign(new EventEmitter(), { remoteAddress, destroy: () => open-- }) as unknown as Socket);
    expect(open).toBe(kept);
  });

  it("on which nothing moves are closed, though their answer is not read", async () => {
    const server = httpServer({ most: 100, ofAddress: 100 });
    expect(server.timeout).toBe(300_000);
    server.timeout = 500;
    server.on("request", (_request, response) => response.end(Buffer.alloc(50_000_000)));
    const socket = connect(await listening(server), "127.0.0.1").on("error", () => {});
    const [[accepted]] = await Promise.all([once(server, "connection"), socket.write(GET)]);
    await once(accepted as Socket, "close");
    expect(socket.bytesRead).toBeLessThan(50_000_000);
  });
});

describe("calls that are being answered", () => {
  /** Answers `/` when it is let go; a proxy names the client. */
  async function serve() {
    const ends: (() => void)[] = [];
    const app = express().set("trust proxy", "127.0.0.1").use(shareAnswers(2));
    app.get("/", (_request, response) => void ends.push(() => response.end("fine")));
    app.use(answerProblem(pino({ level: "silent" }), new Refusals(30)));
    const url = `http://127.0.0.1:${await listening(createServer(app))}`;
    return { url, ends, letGo: () => ends.splice(0).forEach((end) => void end()) };
  }

  const from = (address: string) => ({ headers: { "X-Forwarded-For": address } });

  it("are counted by the client that a proxy names", async () => {
    const { url, ends, letGo } = await serve();
    const running = [fetch(url, from("192.0.2.1")), fetch(url, from("192.0.2.1"))];
    await expect.poll(() => ends.length).toBe(2);
    const refused = await fetch(url, from("192.0.2.1"));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    const other = fetch(url, from("192.0.2.2"));
    await expect.poll(() => ends.length).toBe(3);
    letGo();
    for (const { status } of await Promise.all([...running, other])) expect(status).toBe(200);
    const again = fetch(url, from("192.0.2.1"));
    await expect.poll(() => ends.length).toBe(1);
    letGo();
    expect((await again).status).toBe(200);
  });

  it("may not be more on one connection either", async () => {
    const { url, ends, letGo } = await serve();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    sockets.push(socket);
    socket.write(GET.repeat(5));
    await expect.poll(() => ends.length).toBe(2);
    let text = "";
    socket.setEncoding("utf8").on("data", (piece) => (text += piece));
    letGo();
    await expect
      .poll(() => text.match(/HTTP\/1.1 \d+/g))
      .toEqual(["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 429", "HTTP/1.1 429", "HTTP/1.1 429"]);
  });
});

it.each([
  ["a quarter is one address's", { wanted: 2_000, openFiles: 20_000 }, { most: 2_000, ofAddress: 500 }],
  ["few descriptors are few connections", { wanted: 2_000, openFiles: 256 }, { most: 80, ofAddress: 20 }],
  ["some are left at least", { wanted: 2_000, openFiles: 64 }, { most: 8, ofAddress: 2 }],
  ["a system that does not say", { wanted: 7, openFiles: undefined }, { most: 7, ofAddress: 1 }],
  ["as it is set", { wanted: 100, openFiles: 20_000, ofAddress: 90 }, { most: 100, ofAddress: 90 }],
])("of the connections %s", (_, { wanted, openFiles, ...set }, expected) => {
  const ofAddress = "ofAddress" in set ? set.ofAddress : undefined;
  const read = { BERTH_MAX_CONNECTIONS: wanted, BERTH_MAX_CONNECTIONS_PER_ADDRESS: ofAddress };
  expect(connectionLimits(read, openFiles)).toEqual(expected);
});
