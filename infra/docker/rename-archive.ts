// Copies a file or a folder of a container under another name: its archive goes back in, with other names in it.
import { Readable } from "node:stream";
import { extract, pack } from "tar-stream";

/** Holes become bytes on the way: whoever has made a file names its size, and does not pay for it. */
const MOST_COPIED = 64 * 1024 * 1024;

/**
 * The same archive with `from` called `to`, piece by piece: it may be larger than memory. The stream fails with an Error when
 * it holds more than 64 MiB.
 */
export function renamed(archive: NodeJS.ReadableStream, from: string, to: string): NodeJS.ReadableStream {
  const copy = pack();
  const entries = extract();
  let bytes = 0;
  entries.on("entry", (header, content, next) => {
    bytes += header.size ?? 0;
    if (bytes > MOST_COPIED) {
      // The reader fails with it, too.
      content.on("error", () => {});
      entries.destroy(
        new Error(`${from} is larger than 64 MiB, and can't be kept aside: delete or shrink it.`),
      );
      return;
    }
    // A link isn't copied: what it points to stays where it is, and the engine takes none that leads elsewhere.
    if (header.type === "symlink" || header.type === "link") {
      content.resume();
      next();
      return;
    }
    const { mode, uid, gid, mtime, size, type } = header;
    const entry = { name: header.name.replace(from, () => to), mode, uid, gid, mtime, size, type };
    content.pipe(copy.entry(entry, next)).on("error", (error) => copy.destroy(error));
  });
  entries.on("finish", () => copy.finalize());
  archive.on("error", (error) => copy.destroy(error)).pipe(entries);
  entries.on("error", (error) => copy.destroy(error));
  return Readable.from(copy);
}
