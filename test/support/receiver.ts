// A real HTTPS receiver of callbacks on loopback. Its certificate is from a CA made for the test, which this process
// trusts from then on; Berth in another process is told by NODE_EXTRA_CA_CERTS.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

export const RECEIVER_HOST = "receiver.example";
const WAIT_MS = 120_000;

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One URL of the receiver. */
export interface Endpoint {
  readonly url: string;
  readonly received: Received[];
  /** Resolves once so many requests have come. */
  until(count: number): Promise<readonly Received[]>;
}

export interface Receiver {
  readonly port: number;
  /** For BERTH_CALLBACK_RESOLVE. */
  readonly pin: string;
  /** A URL of its own. `answer` gets the number of the request, from 1; without it all are answered with 204. */
  endpoint(answer?: Answering): Endpoint;
  close(): Promise<void>;
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

type Answering = (response: ServerResponse, count: number, request: IncomingMessage) => void;

/** A CA and a folder that holds its certificate as `ca.pem`. */
export class TestAuthority {
  readonly #folder = mkdtempSync(join(tmpdir(), "berth-ca-"));
  readonly file = join(this.#folder, "ca.pem");

  constructor() {
    this.#openssl(
      "req",
      "-x509",
      ...NEW_KEY,
      "ca-key.pem",
      "-out",
      "ca.pem",
      "-days",
      "2",
      "-subj",
      "/CN=Test CA",
    );
  }

  /** Makes this process trust it. The returned function takes that back. */
  trust(): () => void {
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, readFileSync(this.file, "utf8")]);
    return () => setDefaultCACertificates(before);
  }

  issue(host: string): Certificate {
    writeFileSync(join(this.#folder, "names"), `subjectAltName=DNS:${host}`);
    this.#openssl("req", ...NEW_KEY, "key.pem", "-out", "request.pem", "-subj", `/CN=${host}`);
    const ca = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-extfile", "names", "-days", "2"];
    this.#openssl("x509", "-req", "-in", "request.pem", ...ca, "-out", "cert.pem");
    return { key: this.#read("key.pem"), cert: this.#read("cert.pem") };
  }

  selfSigned(host: string): Certificate {
    const names = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`];
    this.#openssl("req", "-x509", ...NEW_KEY, "key.pem", "-out", "cert.pem", "-days", "2", ...names);
    return { key: this.#read("key.pem"), cert: this.#read("cert.pem") };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #openssl(...args: string[]): void {
    execFileSync("openssl", args, { cwd: this.#folder, stdio: "pipe" });
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), "utf8");
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout"];

/** On a free port, unless another is given. */
export async function startReceiver(certificate: Certificate, atPort = 0): Promise<Receiver> {
  const handlers = new Map<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>();
  const server = createServer(certificate, (request, response) => {
    const handle = handlers.get(request.url ?? "");
    if (handle) void handle(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(atPort, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    pin: `${RECEIVER_HOST}:${port}:127.0.0.1`,
    endpoint(answer = (response) => void response.writeHead(204).end()) {
      const path = `/hook/${handlers.size}?token=canary-0123456789`;
      const received: Received[] = [];
      handlers.set(path, async (request, response) => {
        const body = Buffer.concat(await request.toArray()).toString("utf8");
        received.push({ headers: request.headers, body });
        answer(response, received.length, request);
      });
      return {
        url: `https://${RECEIVER_HOST}:${port}${path}`,
        received,
        until: async (count) => {
          for (const deadline = Date.now() + WAIT_MS; received.length < count; await sleep(20))
            if (Date.now() > deadline) throw new Error(`${received.length} of ${count} callbacks came.`);
          return received;
        },
      };
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
