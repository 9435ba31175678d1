// A real HTTPS receiver of callbacks on loopback. Its certificate is from a CA made for the test, which this process
// trusts from then on; Berth in another process is told by NODE_EXTRA_CA_CERTS.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

export const RECEIVER_HOST = "receiver.example";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** For BERTH_CALLBACK_RESOLVE. */
  readonly pin: string;
  readonly received: Received[];
  /** Resolves once so many requests have come. */
  until(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export type Answering = (response: ServerResponse, count: number, request: IncomingMessage) => void;

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

/** `answer` gets the number of the request, from 1; without it every request is answered with 204. */
export async function startReceiver(
  certificate: Certificate,
  answer: Answering = (response) => response.writeHead(204).end(),
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(certificate, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body, at: Date.now() });
    answer(response, received.length, request);
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://${RECEIVER_HOST}:${port}/hook?token=canary-0123456789`,
    port,
    pin: `${RECEIVER_HOST}:${port}:127.0.0.1`,
    received,
    async until(count) {
      for (const deadline = Date.now() + 30_000; received.length < count; ) {
        if (Date.now() > deadline) throw new Error(`${received.length} of ${count} callbacks came.`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return received;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
