// The HTTP server and its limits: what is slow, large or too much ends before it can hold anything up.
import { createServer, type RequestListener, type Server } from "node:http";
import { answerNoCalls } from "./no-call.ts";

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

/** `maxConnections`: more of them are closed unanswered. */
export function httpServer(app: RequestListener, { maxConnections }: { maxConnections: number }): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: LOOK_FOR_SLOW_EVERY_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
    app,
  );
  answerNoCalls(server);
  server.maxConnections = maxConnections;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  return server;
}
