// Chat Completions report a stream's usage only on request. The request is written into the body's text: not a byte
// of it changes otherwise.
import type { Asked } from "./asked.ts";

const REQUEST = Buffer.from('"stream_options":{"include_usage":true},');

/** The body, with `stream_options.include_usage` in it if it has no such options of its own. */
export function askForUsage(body: Buffer, { isStreamed, hasStreamOptions }: Asked): Buffer {
  if (!isStreamed || hasStreamOptions) return body;
  const at = body.indexOf("{") + 1;
  return Buffer.concat([body.subarray(0, at), REQUEST, body.subarray(at)]);
}
