// Answers that go on: proxies in between pass each piece on at once, and keep the connection while nothing comes.
import type { Response } from "express";

const KEEP_ALIVE_MS = 15_000;
/** nginx holds answers back unless it is asked not to; others compress them, piece by piece or not at all. */
const UNBUFFERED = { "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no" } as const;

/** Sends the head of plain text that follows line by line. */
export function beginText(response: Response): void {
  // It may be silent for as long as its assistant is.
  response.setTimeout(0);
  response.writeHead(200, { "Content-Type": "text/plain; charset=utf-8", ...UNBUFFERED });
  response.flushHeaders();
}

/** Server-sent events. A comment is sent at once, and every 15 seconds until the answer is closed, or `beat` instead. */
export function beginEvents(
  response: Response,
  beat: () => void = () => response.write(": still here\n\n"),
): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", ...UNBUFFERED });
  response.write(": open\n\n");
  const keepAlive = setInterval(beat, KEEP_ALIVE_MS);
  response.once("close", () => clearInterval(keepAlive));
}

/** @returns whether there is room for more before the client has read this */
export function sendEvent(response: Response, event: string, data: string, id?: number): boolean {
  return response.write(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`);
}
