// HTTP calls of an assistant, through the API server and the kubelet into its pod: no service and no policy is on that way.
import { type IncomingMessage, request } from "node:http";
import { Duplex, PassThrough, Readable } from "node:stream";
import { PortForward } from "@kubernetes/client-node";
import { ASSISTANT_PORT } from "../assistant/image-contract.ts";
import type { Way } from "../assistant/plugin-calls.ts";
import { type Cluster, opening } from "./client.ts";
import { podName } from "./names.ts";

/** As the pod itself has it. */
const ENDPOINT = `http://127.0.0.1:${ASSISTANT_PORT}`;

/** How a deployment's assistant is called. */
export function wayInside(cluster: Cluster, deploymentId: string): Way {
  const pod = podName(deploymentId);
  return {
    endpoint: ENDPOINT,
    async fetch(url, { method, headers, body, signal } = {}) {
      signal?.throwIfAborted();
      const { connection, close } = await connectTo(cluster, pod, signal ?? undefined);
      const asking = { method: method ?? "GET", headers: new Headers(headers), body, signal };
      const message = await ask(String(url), asking, connection).catch((error: unknown) => {
        close();
        throw error;
      });
      message.once("close", close);
      return responseOf(message);
    },
  };
}

/** A page that has moved is not followed: it is nowhere in the pod. @throws RangeError for what is no status of an answer */
function responseOf(message: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) headers.set(name, String(value));
  try {
    return new Response(Readable.toWeb(message) as ReadableStream, {
      status: message.statusCode ?? 0,
      headers,
    });
  } catch (error) {
    message.destroy();
    throw error;
  }
}

interface Connection {
  readonly connection: Duplex;
  close(): void;
}

/** What of a WebSocket of `ws` the client's own type lacks. */
interface Closing {
  on(event: "close", listener: () => void): void;
}

/** @throws Error when there is no such pod, or no way into it before the signal */
async function connectTo(
  { config, namespace }: Cluster,
  pod: string,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const forwarding = new PortForward(config).portForward(
    namespace,
    pod,
    [ASSISTANT_PORT],
    output,
    null,
    input,
  );
  const socket = await opening(forwarding, signal);
  // An answer without a length is over when its connection is.
  if ("on" in socket) (socket as unknown as Closing).on("close", () => output.end());
  const connection = Duplex.from({ readable: output, writable: input });
  // Cut off before its call has an answer, that ends with an error of its own.
  connection.on("error", () => {});
  return { connection, close: () => void ("terminate" in socket && socket.terminate()) };
}

interface Asking {
  readonly method: string;
  readonly headers: Headers;
  readonly body: unknown;
  readonly signal: AbortSignal | null | undefined;
}

function ask(
  url: string,
  { method, headers, body, signal }: Asking,
  connection: Duplex,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = { ...Object.fromEntries(headers), Connection: "close" };
    const options = { method, headers: sent, createConnection: () => connection, ...(signal && { signal }) };
    const asked = request(url, options, resolve);
    asked.once("error", reject);
    asked.end(typeof body === "string" ? body : undefined);
  });
}
