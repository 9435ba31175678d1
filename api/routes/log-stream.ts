// Lines of a log as they come, as text or as server-sent events.
import { once } from "node:events";
import type { Request, Response } from "express";
import type { LogLine } from "../../infra/assistant/log-lines.ts";
import { beginEvents, beginText, sendEvent } from "./event-stream.ts";

/** When there is no more to send. */
export interface Ends {
  /** The client has gone. */
  readonly left: AbortSignal;
  readonly timeIsUp: AbortSignal;
  /** The key that asked works no longer. */
  readonly keyEnds: AbortSignal;
}

/** Sends the lines, which may throw once one of the signals has come. As events, each has its moment as its id, and the last one says why it ends. */
export async function sendLines(
  request: Request,
  response: Response,
  lines: AsyncIterable<LogLine>,
  { left, timeIsUp, keyEnds }: Ends,
): Promise<void> {
  const signal = AbortSignal.any([left, timeIsUp, keyEnds]);
  response.vary("Accept");
  const isEvents = request.accepts(["text/plain", "text/event-stream"]) === "text/event-stream";
  if (isEvents) beginEvents(response);
  else beginText(response);
  const sayWhy = () => {
    const reason = keyEnds.aborted ? "key_ended" : timeIsUp.aborted ? "time_is_up" : "no_more";
    if (isEvents) sendEvent(response, "end", JSON.stringify({ reason }));
  };
  try {
    for await (const { at, text } of lines) {
      const hasRoom = isEvents
        ? sendEvent(response, "log", text, at ?? undefined)
        : response.write(`${text}\n`);
      if (!hasRoom) await once(response, "drain", { signal });
    }
    sayWhy();
  } catch (error) {
    // The engine may go away in the middle, too: the answer just ends there.
    if (!signal.aborted) throw error;
    if (!left.aborted) sayWhy();
  } finally {
    response.end();
  }
}
