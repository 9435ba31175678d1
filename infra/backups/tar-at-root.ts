// Moves everything in an archive into a folder: Docker refuses a symlink that leaves the folder which it unpacks into, and from
// `/` none can.
import type { TarEntry } from "./tar-reader.ts";
import { extensionOf, rewritten, summed } from "./tar-rewrite.ts";

/** @param folder of all names, without a slash at its ends; symlinks lead where they led @throws Error of TarReader */
export function movedInto(
  folder: string,
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  return rewritten(archive, (entry) => headerOf(entry, folder));
}

function headerOf(entry: TarEntry, folder: string): Buffer[] {
  const records = new Map(entry.records);
  records.set("path", `${folder}/${entry.name}${entry.type === "5" ? "/" : ""}`);
  if (entry.type === "1") records.set("linkpath", `${folder}/${entry.link}`);
  else if (entry.type === "2") records.set("linkpath", entry.link);
  const header = Buffer.from(entry.header);
  // What the records say counts.
  header.fill(0, 0, 100);
  header.write("entry");
  header.fill(0, 157, 257);
  if (header.toString("latin1", 257, 263) === "ustar\0") header.fill(0, 345, 500);
  header[156] = entry.type.charCodeAt(0);
  return [...extensionOf(records), summed(header)];
}
