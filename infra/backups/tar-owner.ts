// Gives everything in an archive to one user: an assistant's user is another one in each place, and a backup goes into any.
import { extensionOf, paddingOf, summed } from "./tar-at-root.ts";
import { type TarEntry, TarReader } from "./tar-reader.ts";

const END = Buffer.alloc(1024);
const OF_IDS = ["uid", "gid", "uname", "gname"];

/** @param id of the user and of the group @throws Error of TarReader */
export async function* ownedBy(
  id: number,
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let made: Buffer[] = [];
  let padding = 0;
  const reader = new TarReader({
    onEntry(entry) {
      made.push(Buffer.alloc(padding), ...headerOf(entry, id));
      padding = paddingOf(entry.size);
    },
    onContent: (part) => made.push(part),
  });
  for await (const piece of archive) {
    reader.push(piece);
    if (made.length > 0) yield Buffer.concat(made);
    made = [];
  }
  reader.end();
  yield Buffer.concat([Buffer.alloc(padding), END]);
}

function headerOf(entry: TarEntry, id: number): Buffer[] {
  const records = new Map(entry.records);
  for (const key of OF_IDS) records.delete(key);
  const header = Buffer.from(entry.header);
  for (const at of [108, 116]) header.write(`${id.toString(8).padStart(7, "0")}\0`, at, "latin1");
  header.fill(0, 265, 329);
  return [...(records.size > 0 ? extensionOf(records) : []), summed(header)];
}
