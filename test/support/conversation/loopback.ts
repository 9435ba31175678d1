// The fakes on loopback, asked by plain HTTP: for the tests of the fakes themselves.
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { readAsked } from "./http.ts";
import { FakeModels } from "./models.ts";
import { Seen } from "./seen.ts";
import { FakeTelegram, TELEGRAM_HOST } from "./telegram.ts";

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
}

export interface Loopback {
  readonly telegram: FakeTelegram;
  readonly models: FakeModels;
  readonly seen: Seen;
  /** Asks a host of the fakes'; a body that is an object is sent as JSON. @throws Error when the connection is cut */
  ask(method: string, url: string, options?: AskOptions): Promise<Reply>;
  close(): void;
}

interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export async function openLoopback(): Promise<Loopback> {
  const seen = new Seen();
  const telegram = new FakeTelegram({
    called: (call) => seen.take({ telegram: call }),
    shown: (message) => seen.take({ shown: message }),
  });
  const models = new FakeModels((call) => seen.take({ model: call }));
  const server = createServer(async (incoming, response) => {
    const asked = await readAsked(incoming);
    await (asked.host === TELEGRAM_HOST ? telegram : models).handle(asked, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    telegram,
    models,
    seen,
    ask: (method, url, options = {}) => ask(port, method, new URL(url), options),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function ask(port: number, method: string, url: URL, { headers, body, signal }: AskOptions): Promise<Reply> {
  const isText = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port,
      method,
      path: url.pathname + url.search,
      headers: { host: url.host, ...(!isText && { "content-type": "application/json" }), ...headers },
      ...(signal && { signal }),
    });
    sent.once("error", reject);
    sent.once("response", async (response) => {
      try {
        const bytes = Buffer.concat(await response.toArray());
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          text: bytes.toString("utf8"),
        });
      } catch (error) {
        reject(error);
      }
    });
    sent.end(isText ? body : JSON.stringify(body));
  });
}
