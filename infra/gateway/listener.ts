// The gateway's two servers: one that has the providers' names, by TLS, and one that has a URL of its own, by HTTP behind the
// operator's TLS proxy.
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { type Certified, certify } from "./certificates.ts";
import { endUnused } from "./end-unused.ts";
import type { Gateway } from "./gateway.ts";
import { PROVIDERS } from "./providers.ts";

/** A gateway carries streams: a connection for each, from each assistant several. */
const LIMITS = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 15_000,
  /** Of a whole request, its body included. */
  requestTimeout: 120_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
} as const;
const MOST_CONNECTIONS = 4_096;
const BACKLOG = 1_024;
const HANDSHAKE_MS = 10_000;
/** While a server closes. */
const CLOSE_IDLE_EVERY_MS = 100;
const RENEWED_AFTER_MS = 4 * 24 * 60 * 60_000;
/** Less than what a certificate is valid before it was made. */
const MAY_GO_BACK_MS = 60 * 60_000;
const NAMES: ReadonlySet<string> = new Set(Object.values(PROVIDERS).map(({ host }) => host));

/** For the names form. @param authority whose certificate the assistants trust */
export function openNamesServer(gateway: Gateway, authority: Certified, now = () => Date.now()): Server {
  const context = renewed(authority, now);
  const options = {
    ...LIMITS,
    ALPNProtocols: ["http/1.1"],
    handshakeTimeout: HANDSHAKE_MS,
    minVersion: "TLSv1.2",
    SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) => {
      if (!NAMES.has(name.toLowerCase())) return done(new Error("This is no provider's name."));
      context().then((it) => done(null, it), done);
    },
  } as const;
  return prepared(createTlsServer(options, gateway.listener("names")));
}

/** For the form with paths. */
export function openPathsServer(gateway: Gateway): Server {
  return prepared(createServer(LIMITS, gateway.listener("paths")));
}

/** @returns where it listens. @throws Error when it can't */
export async function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ port, host, backlog: BACKLOG }, resolve);
  await promise;
  server.off("error", reject);
  return server.address() as AddressInfo;
}

/** Takes no more requests; what runs may end within `graceMs`, then it is broken off. */
export async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection is kept alive after its last answer.
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}

function prepared(server: Server): Server {
  server.maxConnections = MOST_CONNECTIONS;
  // Asked whether a body may come, the handler decides first.
  server.on("checkContinue", (request, response) => server.emit("request", request, response));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) =>
    refuseConnection(error, socket as Socket),
  );
  return server;
}

/** What is not HTTP, or too much of it. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (endUnused(error, socket)) return;
  const { code } = error;
  if (code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

/** The certificate of today: a new one long before the old one ends, and where the clock was put back to before it began. */
function renewed(authority: Certified, now: () => number): () => Promise<SecureContext> {
  let madeAt = 0;
  let current: Promise<SecureContext> | undefined;
  return () => {
    const age = now() - madeAt;
    if (!current || age > RENEWED_AFTER_MS || age < -MAY_GO_BACK_MS) {
      madeAt = now();
      current = certify(authority, new Date(madeAt)).then(({ certificate, key }) =>
        createSecureContext({ cert: certificate, key, minVersion: "TLSv1.2" }),
      );
      // The next one tries again.
      current.catch(() => {
        current = undefined;
      });
    }
    return current;
  };
}
