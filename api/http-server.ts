// The HTTP server and its limits: what is slow, large or too much ends before it can hold anything up.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { endUnused } from "../infra/gateway/end-unused.ts";
import type { ErrorCode } from "../stacks/errors.ts";
import type { ConnectionLimits } from "./config/limits.ts";
import { shareConnections } from "./middleware/connection-shares.ts";

const MAX_HEADER_BYTES = 16_384;
/** From the first byte of a request until its headers are whole, and until all of it is there. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;
/** Node looks for those that are too slow only so often. */
const LOOK_FOR_SLOW_EVERY_MS = 1_000;
/** Longer than the idle time of usual proxies would drop calls that are just being sent. */
const KEEP_ALIVE_TIMEOUT_MS = 10_000;
/** A connection is not kept for ever: a client comes back, and finds its way to another process. */
const MAX_REQUESTS_PER_CONNECTION = 100_000;
const CLOSE_CONNECTIONS_AFTER_MS = 5_000;
/** A client that no longer reads its answer has its connection closed, and so has an answer that does not begin. */
const SILENCE_TIMEOUT_MS = 300_000;

/**
 * Its listener of "request" is to answer. More connections than these, in all or of one address, are closed unanswered.
 * @param proxies addresses and ranges of those that may have any number of them
 */
export function httpServer({ most, ofAddress }: ConnectionLimits, proxies: readonly string[] = []): Server {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: LOOK_FOR_SLOW_EVERY_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  });
  answerNoCalls(server);
  server.maxConnections = most;
  server.on("connection", shareConnections(ofAddress, proxies));
  server.timeout = SILENCE_TIMEOUT_MS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  return server;
}

/** @returns the base of its addresses @throws Error when another program has the port */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new Error(
      `Port ${port} of ${host} is used by another program. Stop it or set PORT to another one.`,
    );
  });
  const address = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}

/** Takes no connection any more, and lets calls that are being answered finish for five seconds. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), CLOSE_CONNECTIONS_AFTER_MS).unref();
  await closed;
}

const JSON_TYPE = "application/json; charset=utf-8";

interface Refusal {
  readonly status: string;
  readonly code: ErrorCode;
  readonly message: string;
}

const NO_HTTP: Refusal = {
  status: "400 Bad Request",
  code: "INVALID_REQUEST",
  message: "This is no HTTP request that can be understood. Nothing was changed.",
};
const UNMET: Refusal = {
  status: "417 Expectation Failed",
  code: "INVALID_REQUEST",
  message: "The header Expect may ask for 100-continue only. Nothing was changed.",
};
/** By the code of Node's error. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: "408 Request Timeout",
    code: "INVALID_REQUEST",
    message: "The request took too long: its headers may take 10 s, all of it 20 s. Nothing was changed.",
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: "413 Payload Too Large",
    code: "PAYLOAD_TOO_LARGE",
    message: "The extensions of the body's chunks are too large. Nothing was changed.",
  },
  HPE_HEADER_OVERFLOW: {
    status: "431 Request Header Fields Too Large",
    code: "INVALID_REQUEST",
    message: "The headers are larger than 16 KiB. Nothing was changed.",
  },
};

/**
 * What HTTP itself refuses, before there is a call, is answered in the shape of every other error, and the connection is
 * closed, as Node does it by itself with no body.
 */
export function answerNoCalls(server: Server): void {
  const latest = new WeakMap<Socket, ServerResponse>();
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
  });
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
    response.statusCode = 417;
    response.setHeader("Content-Type", JSON_TYPE).setHeader("Connection", "close").end(body(UNMET));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (endUnused(error, socket)) return;
    const response = latest.get(socket);
    const isAnswering = response !== undefined && !response.writableFinished && response.headersSent;
    // Half of another answer may be out: nothing can follow it.
    if (socket.writable && !isAnswering) socket.write(answer(REFUSALS[error.code ?? ""] ?? NO_HTTP));
    socket.destroy();
  });
}

function body({ code, message }: Refusal): string {
  return JSON.stringify({ error: { code, message } });
}

function answer(refusal: Refusal): string {
  const text = body(refusal);
  const headers = [
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
  ];
  return `HTTP/1.1 ${refusal.status}\r\n${headers.join("\r\n")}\r\n\r\n${text}`;
}
