// An assistant's data as an archive, and back.

import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { extract, pack } from "tar-stream";

/** The one folder that archives of data have. */
const ROOT = ".openclaw/";

export async function* packed(files: Readonly<Record<string, string>>): AsyncGenerator<Uint8Array> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name: ROOT + name }, content);
  archive.finalize();
  yield* archive as AsyncIterable<Uint8Array>;
}

export async function unpacked(
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const entries = extract();
  entries.on("entry", async ({ name }, content, next) => {
    files[name.slice(ROOT.length)] = await text(content);
    next();
  });
  await pipeline(Readable.from(archive, { objectMode: false }), entries);
  return files;
}
