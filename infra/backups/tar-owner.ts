// Gives everything in an archive to one user: an assistant's user is another one in each place, and a backup goes into any.
import type { TarEntry } from "./tar-reader.ts";
import { extensionOf, rewritten, summed } from "./tar-rewrite.ts";

const OF_IDS = ["uid", "gid", "uname", "gname"];

/** @param id of the user and of the group @throws Error of TarReader */
export function ownedBy(
  id: number,
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  return rewritten(archive, (entry) => headerOf(entry, id));
}

function headerOf(entry: TarEntry, id: number): Buffer[] {
  const records = new Map(entry.records);
  for (const key of OF_IDS) records.delete(key);
  const header = Buffer.from(entry.header);
  for (const at of [108, 116]) header.write(`${id.toString(8).padStart(7, "0")}\0`, at, "latin1");
  header.fill(0, 265, 329);
  return [...(records.size > 0 ? extensionOf(records) : []), summed(header)];
}
