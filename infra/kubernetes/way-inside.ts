// HTTP calls of an assistant, through the API server and the kubelet into its pod: no service and no policy is on that way.
import { Duplex, finished, PassThrough } from "node:stream";
import { PortForward } from "@kubernetes/client-node";
import { sendHttp } from "../assistant/http-request.ts";
import { ASSISTANT_PORT } from "../assistant/image-contract.ts";
import type { Way } from "../assistant/plugin-calls.ts";
import { type Cluster, opening } from "./client.ts";
import { podName } from "./names.ts";

/** As the pod itself has it. */
const ENDPOINT = `http://127.0.0.1:${ASSISTANT_PORT}`;

/** How a deployment's assistant is called. */
export function wayInside(cluster: Cluster, deploymentId: string): Required<Way> {
  const pod = podName(deploymentId);
  return {
    endpoint: ENDPOINT,
    async send(url, { headers, ...asked }) {
      asked.signal.throwIfAborted();
      const { connection, close } = await connectTo(cluster, pod, asked.signal);
      const lastOfIts = { ...asked, headers: { ...headers, Connection: "close" } };
      const answer = await sendHttp(url, lastOfIts, connection).catch((error: unknown) => {
        close();
        throw error;
      });
      // One that breaks with its first bytes has closed already.
      finished(answer.body, close);
      return answer;
    },
  };
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
  signal: AbortSignal,
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
