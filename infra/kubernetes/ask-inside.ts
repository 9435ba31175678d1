// An HTTP call of an assistant, through the API server and the kubelet into its pod: no service and no policy is on that way.
import { request } from "node:http";
import { Duplex, PassThrough } from "node:stream";
import { PortForward } from "@kubernetes/client-node";
import { ASSISTANT_PORT } from "../assistant/image-contract.ts";
import type { Cluster } from "./client.ts";

const TIMEOUT_MS = 5_000;
const LONGEST_ANSWER = 16 * 1024;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @throws Error when it does not answer in time, or too much */
export async function askInside({ config, namespace }: Cluster, pod: string, path: string): Promise<Answer> {
  const input = new PassThrough();
  const output = new PassThrough();
  const socket = await new PortForward(config).portForward(
    namespace,
    pod,
    [ASSISTANT_PORT],
    output,
    null,
    input,
  );
  try {
    return await answerOf(Duplex.from({ readable: output, writable: input }), path);
  } finally {
    // Not by a close, whose answer the API server may keep for long.
    if ("terminate" in socket) socket.terminate();
  }
}

function answerOf(connection: Duplex, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = { Host: `127.0.0.1:${ASSISTANT_PORT}`, Connection: "close" };
    const asked = request({ createConnection: () => connection, path, headers, signal }, (response) => {
      const pieces: Buffer[] = [];
      let length = 0;
      response.on("data", (piece: Buffer) => {
        pieces.push(piece);
        length += piece.length;
        if (length > LONGEST_ANSWER) asked.destroy(new Error("The assistant's answer is too long."));
      });
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }),
      );
      response.once("error", reject);
    });
    asked.once("error", reject);
    asked.end();
  });
}
