// A file that a call answers with, as it is made or read.
import { pipeline } from "node:stream/promises";
import type { Request, Response } from "express";
import type { KeyParts } from "../middleware/authenticate.ts";
import { whenKeyEnds } from "../middleware/key-end.ts";

/** What listens to an answer of the gate's own, and of a stream: more than Node takes for a leak. */
const MOST_LISTENERS = 30;

export interface Download {
  readonly type: string;
  readonly fileName: string;
  readonly content: AsyncIterable<Uint8Array | string> | Iterable<string>;
  /** For the log, if it can't be read to its end. */
  readonly failure: string;
}

/** What can't be read to its end breaks the connection off, and so does the end of the key: a download that ends well is whole. */
export async function sendDownload(
  request: Request,
  response: Response,
  { keyLookup }: Pick<KeyParts, "keyLookup">,
  { type, fileName, content, failure }: Download,
): Promise<void> {
  response.setMaxListeners(MOST_LISTENERS).writeHead(200, {
    "Content-Type": type,
    "Content-Disposition": `attachment; filename="${fileName}"`,
    "Cache-Control": "no-store",
  });
  const signal = whenKeyEnds(keyLookup, response);
  await pipeline(content, response, { signal }).catch((error: unknown) => {
    const hasLeft = (error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE";
    if (!hasLeft && !signal.aborted) request.log.error({ err: error, path: request.path }, failure);
  });
}
