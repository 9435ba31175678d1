// A stand-in for the model gateway: https on the assistants' own bridges, at their providers' names. It puts a real key in the
// place of each token and passes everything else on to the fakes.
import { readFileSync } from "node:fs";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer, request } from "node:https";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { watchGatewayAddresses } from "../../../infra/docker/gateway-addresses.ts";
import { GATEWAY_PORT } from "../../../infra/docker/host-rules/rules.ts";
import { keptAuthority } from "./ca.ts";
import { MODEL_HOSTS } from "./models.ts";

export interface PassThrough {
  /** Requests that came, as `host path`, oldest first. */
  readonly passed: string[];
  /** Certificate of the CA that signs for the names, in PEM. */
  readonly ca: string;
  close(): Promise<void>;
}

export interface Passing {
  readonly subnetPool: string;
  /** Address of the fakes. */
  readonly upstream: string;
  /** The real key of a token; undefined for one that is refused. */
  readonly keyOf: (token: string) => string | undefined;
}

export async function openPassThrough({ subnetPool, upstream, keyOf }: Passing): Promise<PassThrough> {
  const authority = await keptAuthority();
  const ca = readFileSync(authority.file, "utf8");
  const certificate = await authority.issue(Object.values(MODEL_HOSTS));
  const passed: string[] = [];
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const host = `${incoming.headers.host}`;
    passed.push(`${host} ${incoming.url}`);
    const headers = withKeys(incoming, keyOf);
    if (!headers) {
      response.writeHead(401).end("{}");
      return;
    }
    const { method, url: path } = incoming;
    const outgoing = request({ host: upstream, port: 443, servername: host, ca, method, path, headers });
    outgoing.on("error", () => response.destroy());
    outgoing.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      pipeline(answer, response).catch(() => {});
    });
    await pipeline(incoming, outgoing).catch(() => {});
  };
  const servers = new Map<string, ReturnType<typeof createServer>>();
  const listener: RequestListener = (incoming, response) => void handle(incoming, response);
  const stop = watchGatewayAddresses(
    { subnetPool },
    {
      async appeared(address) {
        const server = createServer(certificate, listener).on("upgrade", refuseUpgrade);
        await new Promise<void>((resolve, reject) => {
          server.once("error", reject).listen(GATEWAY_PORT, address, resolve);
        });
        servers.set(address, server);
      },
      async gone(address) {
        servers.get(address)?.closeAllConnections();
        servers.get(address)?.close();
        servers.delete(address);
      },
    },
  );
  return {
    passed,
    ca,
    async close() {
      await stop();
      for (const server of servers.values()) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/** As the fakes do. */
function refuseUpgrade(_incoming: IncomingMessage, socket: Duplex): void {
  socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

/** The raw headers with each token exchanged; undefined if one is refused. */
function withKeys({ rawHeaders }: IncomingMessage, keyOf: Passing["keyOf"]): string[] | undefined {
  const exchanged = rawHeaders.map((text) => {
    const token = /brm_\w+/.exec(text)?.[0];
    const key = token === undefined ? undefined : keyOf(token);
    return token === undefined ? text : key && text.replace(token, key);
  });
  return exchanged.every((text) => text !== undefined) ? exchanged : undefined;
}
