// One POST to receivers that mean harm or are broken: real ones on loopback, at the product's own limits of time.
import { createServer as createTcpServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CallbackNetwork, Resolve } from "../../../stacks/callbacks/network.ts";
import { postCallback } from "../../../stacks/callbacks/post.ts";
import { refuseCallbackUrl } from "../../../stacks/callbacks/url.ts";
import { ownTime } from "../../support/own-time.ts";
import {
  type Certificate,
  type Endpoint,
  RECEIVER_HOST,
  type Receiver,
  startReceiver,
  TestAuthority,
} from "../../support/receiver.ts";

const PUBLIC = "93.184.215.14";
const authority = new TestAuthority();
const distrust = authority.trust();
const certificate = authority.issue(RECEIVER_HOST);
const cleanUps: (() => Promise<unknown>)[] = [];
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver(certificate);
  cleanUps.push(receiver.close);
});
afterAll(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
  distrust();
  authority.remove();
});

const unknown: Resolve = async () => Promise.reject(new Error("ENOTFOUND"));
const pinnedTo = (port: number): CallbackNetwork => ({
  resolve: unknown,
  pinned: [{ host: RECEIVER_HOST, port, address: "127.0.0.1" }],
});
const post = (network: CallbackNetwork, url: string) =>
  postCallback(network, url, { "webhook-id": "1" }, "{}");
const postTo = ({ url }: Endpoint) => post(pinnedTo(receiver.port), url);

/** A server below HTTP: what it does with a connection is up to the test. */
async function rawServer(
  kind: "tcp" | { readonly tls: Certificate; readonly maxVersion?: "TLSv1.1" },
  handle: (socket: Socket) => void,
): Promise<string> {
  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    sockets.add(socket.on("error", () => {}));
    handle(socket);
  };
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
  const server =
    kind === "tcp"
      ? createTcpServer(take)
      : createTlsServer({ ...kind.tls, ...(kind.maxVersion && old) }, take);
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUps.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `https://${RECEIVER_HOST}:${typeof address === "object" ? address?.port : 0}/`;
}
const postRaw = (url: string) => post(pinnedTo(Number(new URL(url).port)), url);

/** `ownMs` is for limits, which a busy machine must not break, `ms` for what has to take a time at least. */
async function timed<T>(work: Promise<T>): Promise<{ result: T | Error; ms: number; ownMs: number }> {
  const start = performance.now();
  const own = ownTime();
  const result = await work.catch((error: Error) => error);
  return { result, ms: performance.now() - start, ownMs: own() };
}

describe("a good receiver", () => {
  it("gets the body, the name in Host and no invitation to compress; its status comes back", async () => {
    const endpoint = receiver.endpoint((response) =>
      response.writeHead(201, { "retry-after": "7" }).end("ok"),
    );
    expect(await postTo(endpoint)).toEqual({ statusCode: 201, retryAfter: "7" });
    const [request] = endpoint.received;
    expect(request?.body).toBe("{}");
    expect(request?.headers).toMatchObject({
      host: `${RECEIVER_HOST}:${receiver.port}`,
      "accept-encoding": "identity",
      "content-type": "application/json",
      "content-length": "2",
      connection: "close",
      "webhook-id": "1",
    });
  });

  it("is dialled anew every time", async () => {
    const ports = new Set<number | undefined>();
    const endpoint = receiver.endpoint((response, _, { socket }) => {
      ports.add(socket.remotePort);
      response.writeHead(200).end();
    });
    await postTo(endpoint);
    await postTo(endpoint);
    expect(ports.size).toBe(2);
  });

  it("is found with the dot of the root, too", async () => {
    const endpoint = receiver.endpoint();
    const url = endpoint.url.replace(RECEIVER_HOST, `${RECEIVER_HOST}.`);
    expect(await post(pinnedTo(receiver.port), url)).toMatchObject({ statusCode: 204 });
    expect(endpoint.received[0]?.headers.host).toBe(`${RECEIVER_HOST}:${receiver.port}`);
  });
});

describe("a hostile receiver", () => {
  it("can't redirect: the status is all that is taken", async () => {
    const secret = receiver.endpoint();
    const endpoint = receiver.endpoint((response) => response.writeHead(307, { location: secret.url }).end());
    expect(await postTo(endpoint)).toMatchObject({ statusCode: 307 });
    expect(secret.received).toEqual([]);
  });

  it("an endless body is cut off soon", async () => {
    let sent = 0;
    let isOpen = true;
    const endpoint = receiver.endpoint((response) => {
      const chunk = Buffer.alloc(65_536);
      const pour = () => {
        while (isOpen && response.write(chunk)) sent += chunk.length;
      };
      response.on("drain", pour).on("close", () => {
        isOpen = false;
      });
      pour();
    });
    const { result, ownMs } = await timed(postTo(endpoint));
    expect(result).toMatchObject({ statusCode: 200 });
    expect(ownMs).toBeLessThan(3_000);
    await expect.poll(() => isOpen).toBe(false);
    expect(sent).toBeLessThan(10_000_000);
  });

  it("a bomb of gzip is not unpacked", async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(50_000_000)));
    const endpoint = receiver.endpoint((response) =>
      response.writeHead(200, { "content-encoding": "gzip, gzip" }).end(bomb),
    );
    const before = process.memoryUsage().rss;
    expect(await postTo(endpoint)).toMatchObject({ statusCode: 200 });
    expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
  });

  it("a head without end is not read", async () => {
    const url = await rawServer({ tls: certificate }, (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${"X-Long: 0123456789\r\n".repeat(2_000)}\r\n`);
    });
    await expect(postRaw(url)).rejects.toMatchObject({ code: "HPE_HEADER_OVERFLOW" });
  });

  it.each([
    ["100 Continue", 11, false],
    ["103 Early Hints", 11, false],
    ["103 Early Hints", 10, true],
  ])("that sends %s first, %i times, is heard: %s", async (line, count, isHeard) => {
    const first = `HTTP/1.1 ${line}\r\n\r\n`.repeat(count);
    const url = await rawServer({ tls: certificate }, (socket) =>
      socket.write(`${first}HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n`),
    );
    if (isHeard) expect(await postRaw(url)).toMatchObject({ statusCode: 204 });
    else await expect(postRaw(url)).rejects.toThrow("Too many informational answers");
  });

  it("that sends informational answers without an end is left long before the deadline", async () => {
    const url = await rawServer({ tls: certificate }, (socket) => {
      const hints = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1_000);
      const timer = setInterval(() => socket.write(hints), 10);
      socket.on("close", () => clearInterval(timer));
    });
    const { result, ownMs } = await timed(postRaw(url));
    expect(result).toMatchObject({ message: "Too many informational answers came." });
    expect(ownMs).toBeLessThan(5_000);
  });

  it.each([
    ["no HTTP", "hello\r\n\r\n"],
    ["an upgrade", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"],
    ["nothing", ""],
  ])("that answers with %s has not answered", async (_, text) => {
    const url = await rawServer({ tls: certificate }, (socket) => socket.end(text));
    await expect(postRaw(url)).rejects.toThrow();
  });
});

describe.concurrent("a slow receiver", () => {
  it("that says one byte a second of its body is left at the deadline", async () => {
    const endpoint = receiver.endpoint((response) => {
      const timer = setInterval(() => response.write("x"), 1_000);
      response.writeHead(200).flushHeaders();
      response.on("close", () => clearInterval(timer));
    });
    const { result, ms, ownMs } = await timed(postTo(endpoint));
    expect(result).toMatchObject({ statusCode: 200 });
    expect(ms).toBeGreaterThan(14_000);
    expect(ownMs).toBeLessThan(17_000);
  });

  it("that says one byte a second of its head has not answered by the deadline", async () => {
    const url = await rawServer({ tls: certificate }, (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nX-Slow: ");
      const timer = setInterval(() => socket.write("x"), 1_000);
      socket.on("close", () => clearInterval(timer));
    });
    const { result, ms, ownMs } = await timed(postRaw(url));
    expect(result).toBeInstanceOf(Error);
    expect(ms).toBeGreaterThan(14_000);
    expect(ownMs).toBeLessThan(17_000);
  });

  it("that takes the connection and says nothing is left after 5 s", async () => {
    const { result, ownMs } = await timed(postRaw(await rawServer("tcp", () => {})));
    expect(result).toMatchObject({ message: "The connection was not made in time." });
    expect(ownMs).toBeLessThan(7_000);
  });

  it("and a name that does not resolve within 5 s is given up", async () => {
    const never = () => new Promise<never>(() => {});
    const { result, ownMs } = await timed(post({ resolve: never, pinned: [] }, "https://slow.example/"));
    expect(result).toMatchObject({ message: "The name did not resolve in time." });
    expect(ownMs).toBeLessThan(7_000);
  });
});

describe("TLS", () => {
  it.each([
    ["self-signed", () => authority.selfSigned(RECEIVER_HOST), "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["another host's", () => authority.issue("other.example"), "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("a certificate that is %s is refused, whatever the environment says", async (_, make, code) => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    let heard = "";
    const url = await rawServer({ tls: make() }, (socket) => {
      socket.on("data", (data) => (heard += data));
    });
    try {
      await expect(postRaw(url)).rejects.toMatchObject({ code });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(heard).toBe("");
  });

  it("older than 1.2 is refused", async () => {
    const url = await rawServer({ tls: certificate, maxVersion: "TLSv1.1" }, () => {});
    await expect(postRaw(url)).rejects.toThrow();
  });
});

describe("a name", () => {
  const many = Array.from({ length: 100 }, (_, index) => `93.184.215.${index}`);
  it.each([
    ["to a private address", ["127.0.0.1"]],
    ["to public and private addresses", [PUBLIC, "127.0.0.1"]],
    ["to a mapped private address", ["::ffff:127.0.0.1"]],
    ["to nothing", []],
    ["to 100 addresses", many],
  ])("that resolves %s is not dialled", async (_, addresses) => {
    const url = `https://${RECEIVER_HOST}:8443/`;
    await expect(post({ resolve: async () => addresses, pinned: [] }, url)).rejects.toThrow(
      "must resolve to public addresses only",
    );
  });

  it("that resolves to a private address is asked again for every attempt, and not dialled", async () => {
    let asked = 0;
    const resolve: Resolve = async () => {
      asked++;
      return ["127.0.0.1"];
    };
    const network = { resolve, pinned: [] };
    expect(refuseCallbackUrl(network, "https://rebinding.example/")).toBeUndefined();
    for (let attempt = 1; attempt <= 2; attempt++)
      await expect(post(network, "https://rebinding.example/")).rejects.toThrow("public addresses only");
    expect(asked).toBe(2);
  });

  it.each(["https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/", "http://example.com/"])(
    "%s that has got into the database all the same is not dialled",
    async (url) => {
      await expect(post({ resolve: async () => [PUBLIC], pinned: [] }, url)).rejects.toThrow(/^must /);
    },
  );

  it("is dialled where the operator says, at that port only", async () => {
    const network = pinnedTo(receiver.port);
    await expect(post(network, `https://${RECEIVER_HOST}:8443/`)).rejects.toThrow("ENOTFOUND");
    await expect(post(network, `https://${RECEIVER_HOST}:22/`)).rejects.toThrow("must use port");
    expect(await postTo(receiver.endpoint())).toMatchObject({ statusCode: 204 });
  });
});
