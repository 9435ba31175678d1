// Copies a file, a link or a folder of a container under another name: its archive goes back in, with other names in it.
import { posix } from "node:path";
import { Readable } from "node:stream";
import { extract, pack } from "tar-stream";
import { ownerOf, recordsOf } from "./tar.ts";

/** Holes become bytes on the way: a file's maker names its size, and does not pay for it. */
const MOST_COPIED = 64 * 1024 * 1024;

/**
 * The same archive with `from` called `to`, piece by piece: it may be larger than memory. The stream fails with an Error when
 * it holds more than 64 MiB.
 * @param folder where it stood
 */
export function renamed(
  archive: NodeJS.ReadableStream,
  { from, to, folder }: { readonly from: string; readonly to: string; readonly folder: string },
): NodeJS.ReadableStream {
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
    const { mode, mtime, size, type } = header;
    const owner = ownerOf(header);
    const name = header.name.replace(from, () => to);
    const entry = { name, mode, ...owner, ...recordsOf(owner), mtime, size, type };
    if (type === "symlink") {
      content.resume();
      // The engine takes no relative link that leads out of where it is put.
      const linkname = posix.resolve(folder, posix.dirname(header.name), header.linkname ?? "");
      copy.entry({ ...entry, size: 0, linkname }, next);
    } else if (type === "link") {
      content.resume();
      next();
    } else content.pipe(copy.entry(entry, next)).on("error", (error) => copy.destroy(error));
  });
  entries.on("finish", () => copy.finalize());
  archive.on("error", (error) => copy.destroy(error)).pipe(entries);
  entries.on("error", (error) => copy.destroy(error));
  return Readable.from(copy);
}
