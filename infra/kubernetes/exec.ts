// A program inside a container, with what it is given and what it prints as streams that wait for each other.
import { once } from "node:events";
import { PassThrough, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Exec, type V1Status } from "@kubernetes/client-node";
import { type Cluster, opening } from "./client.ts";

/** Of what is on its way to the API server. */
const MOST_BUFFERED = 4 * 1024 * 1024;
const STDIN = 0;
const CLOSE = 255;
/** Of the protocol by which a stream can be ended: API servers since 1.30 have it. */
const WITH_CLOSE = "v5.channel.k8s.io";
const MOST_PRINTED = 4 * 1024 * 1024;
const LONGEST_COMPLAINT = 2_000;

export interface Inside {
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

/** The parts of a WebSocket of `ws` that the client's own type lacks. */
interface Socket {
  readonly protocol: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  send(data: Buffer): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  on(event: "close", listener: () => void): void;
}

/** What a program prints. @throws Error when it ends with anything but 0, with what it has complained of */
export async function* readFrom(
  cluster: Cluster,
  inside: Inside,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const running = await start(cluster, inside, undefined, signal);
  const { output, socket } = running;
  output.on("drain", () => socket.resume());
  const write = output.write.bind(output) as (piece: Buffer) => boolean;
  // The client writes without waiting: the connection waits in its place.
  output.write = ((piece: Buffer) => {
    const hasRoom = write(piece);
    if (!hasRoom) socket.pause();
    return hasRoom;
  }) as typeof output.write;
  try {
    for await (const piece of output as AsyncIterable<Buffer>) yield piece;
    await running.ended();
  } finally {
    socket.terminate();
  }
}

/** Gives a program all of that, and waits for its end. @returns the beginning of what it has printed @throws Error as readFrom */
export async function writeTo(
  cluster: Cluster,
  inside: Inside,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
): Promise<string> {
  const running = await start(cluster, inside, new PassThrough(), signal);
  const { socket, output } = running;
  const printed: Buffer[] = [];
  let length = 0;
  output.on("data", (piece: Buffer) => {
    if (length < MOST_PRINTED) printed.push(piece);
    length += piece.length;
  });
  try {
    if (socket.protocol !== WITH_CLOSE)
      throw new Error("The API server is too old: Berth needs Kubernetes 1.30 or newer.");
    for await (const piece of pieces) {
      signal.throwIfAborted();
      if (running.hasEnded()) break;
      socket.send(Buffer.concat([Buffer.of(STDIN), piece]));
      while (socket.bufferedAmount > MOST_BUFFERED && !running.hasEnded()) await sleep(10);
    }
    socket.send(Buffer.of(CLOSE, STDIN));
    await running.ended();
    if (!output.readableEnded) await Promise.race([once(output, "end"), sleep(200)]);
    return Buffer.concat(printed).toString();
  } finally {
    socket.terminate();
  }
}

async function start(
  { config, namespace }: Cluster,
  { pod, container, command }: Inside,
  input: Readable | undefined,
  signal: AbortSignal,
) {
  const output = new PassThrough({ highWaterMark: MOST_BUFFERED });
  const errors = new PassThrough();
  const { promise, resolve } = Promise.withResolvers<V1Status | "cut off">();
  let isOver = false;
  const end = (status: V1Status | "cut off") => {
    isOver = true;
    resolve(status);
  };
  let complaint = "";
  errors.on("data", (piece) => {
    complaint = (complaint + piece).slice(0, LONGEST_COMPLAINT);
  });
  const exec = new Exec(config).exec(
    namespace,
    pod,
    container,
    [...command],
    output,
    errors,
    input ?? null,
    false,
    end,
  );
  const socket = (await opening(exec, signal)) as unknown as Socket;
  const leave = () => socket.terminate();
  signal.addEventListener("abort", leave, { once: true });
  socket.on("close", () => {
    signal.removeEventListener("abort", leave);
    end("cut off");
    output.end();
  });
  return {
    socket,
    output,
    hasEnded: () => isOver,
    async ended(): Promise<void> {
      const status = await promise;
      signal.throwIfAborted();
      if (status === "cut off") throw new Error("The connection into the pod was cut off.");
      if (status.status === "Success") return;
      if (!errors.readableEnded) await Promise.race([once(errors, "end"), sleep(200)]);
      throw new Error(`${command[0]} in the pod: ${status.message ?? "failed"} ${complaint}`.trim());
    },
  };
}
