// A request's body, whole: the model and what bounds its cost may stand at its very end.
import type { IncomingMessage } from "node:http";
import { GrowingBytes } from "./growing-bytes.ts";

export class BodyRefused extends Error {
  override readonly name = "BodyRefused";
  readonly status: 408 | 413 | 503;

  constructor(status: BodyRefused["status"], message: string) {
    super(message);
    this.status = status;
  }
}

export interface BodyLimits {
  /** Bytes. */
  readonly longest: number;
  readonly timeoutMs: number;
  /** Gets each piece; whether it may be kept. */
  readonly take: (piece: Buffer) => boolean;
}

const TOO_LONG = "The request is longer than the model gateway takes.";

/** @throws BodyRefused when it is too long, comes too slowly, or isn't taken; Error when the client is gone */
export async function readBody(
  request: IncomingMessage,
  { longest, timeoutMs, take }: BodyLimits,
): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > longest) throw new BodyRefused(413, TOO_LONG);
  const body = new GrowingBytes();
  const ended = Promise.withResolvers<void>();
  // An error is made when it is needed: its stack costs more than all else here.
  const refuse = (status: BodyRefused["status"], message: string) =>
    ended.reject(new BodyRefused(status, message));
  const timer = setTimeout(() => refuse(408, "The request didn't come in time."), timeoutMs);
  const onData = (piece: Buffer): void => {
    if (body.length + piece.length > longest) refuse(413, TOO_LONG);
    else if (take(piece)) body.append(piece);
    else refuse(503, "The model gateway is busy. Try again in a moment.");
  };
  const onClose = (): void => {
    if (!request.readableEnded) ended.reject(new Error("The client is gone."));
  };
  request.on("data", onData).once("end", ended.resolve).once("error", ended.reject).once("close", onClose);
  try {
    await ended.promise;
  } finally {
    clearTimeout(timer);
    request.off("data", onData).off("close", onClose);
  }
  return body.bytes;
}
