// Lines of a log as they come, as text or as server-sent events.
import { once } from "node:events";
import type { Request, Response } from "express";

const KEEP_ALIVE_MS = 15_000;

/** When there is no more to send. */
export interface Ends {
  /** The client has gone. */
  readonly left: AbortSignal;
  readonly timeIsUp: AbortSignal;
}

/** Sends the lines, which may throw once one of the signals has come. As events, the last one says why it ends. */
export async function sendLines(
  request: Request,
  response: Response,
  lines: AsyncIterable<string>,
  { left, timeIsUp }: Ends,
): Promise<void> {
  const signal = AbortSignal.any([left, timeIsUp]);
  const isEvents = request.accepts(["text/plain", "text/event-stream"]) === "text/event-stream";
  const type = isEvents ? "text/event-stream" : "text/plain; charset=utf-8";
  response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store" });
  response.flushHeaders();
  const keepAlive = isEvents
    ? setInterval(() => response.write(": still here\n\n"), KEEP_ALIVE_MS)
    : undefined;
  const sayWhy = (reason: "no_more" | "time_is_up") => {
    if (isEvents) response.write(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);
  };
  try {
    for await (const line of lines) {
      const hasRoom = response.write(isEvents ? `event: log\ndata: ${line}\n\n` : `${line}\n`);
      if (!hasRoom) await once(response, "drain", { signal });
    }
    sayWhy(timeIsUp.aborted ? "time_is_up" : "no_more");
  } catch (error) {
    // The engine may go away in the middle, too: the answer just ends there.
    if (!signal.aborted) throw error;
    if (!left.aborted) sayWhy("time_is_up");
  } finally {
    clearInterval(keepAlive);
    response.end();
  }
}
