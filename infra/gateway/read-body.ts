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

/** @throws BodyRefused when it is too long, comes too slowly, or isn't taken; Error when the client is gone */
export async function readBody(
  request: IncomingMessage,
  { longest, timeoutMs, take }: BodyLimits,
): Promise<Buffer> {
  const tooLong = new BodyRefused(413, "The request is longer than the model gateway takes.");
  if (Number(request.headers["content-length"] ?? 0) > longest) throw tooLong;
  const body = new GrowingBytes();
  const ended = Promise.withResolvers<void>();
  const slow = new BodyRefused(408, "The request didn't come in time.");
  const timer = setTimeout(() => ended.reject(slow), timeoutMs);
  const onData = (piece: Buffer): void => {
    if (body.length + piece.length > longest) ended.reject(tooLong);
    else if (take(piece)) body.append(piece);
    else ended.reject(new BodyRefused(503, "The model gateway is busy. Try again in a moment."));
  };
  const onClose = (): void => ended.reject(new Error("The client is gone."));
  request.on("data", onData).once("end", ended.resolve).once("error", ended.reject).once("close", onClose);
  try {
    await ended.promise;
  } finally {
    clearTimeout(timer);
    request.off("data", onData).off("close", onClose);
  }
  return body.bytes;
}
