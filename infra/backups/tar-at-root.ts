// Moves everything in an archive into a folder: Docker refuses a symlink that leaves the folder which it unpacks into, and from
// `/` none can. Written as PAX, whose names may be any bytes.
import { BLOCK, checksum, type TarEntry, TarReader } from "./tar-reader.ts";

const END = Buffer.alloc(2 * BLOCK);

/** @param folder of all names, without a slash at its ends; symlinks lead where they led @throws Error of TarReader */
export async function* movedInto(
  folder: string,
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let made: Buffer[] = [];
  let padding = 0;
  const reader = new TarReader({
    onEntry(entry) {
      made.push(Buffer.alloc(padding), ...headerOf(entry, folder));
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

/** Blocks that say of the entry behind them what its own header has no room for. */
export function extensionOf(records: ReadonlyMap<string, string>): Buffer[] {
  const content = Buffer.from([...records].map(recordText).join(""), "latin1");
  return [extension(content.length), content, Buffer.alloc(paddingOf(content.length))];
}

/** How many bytes stand behind so many. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** Its length counts its own digits. */
function recordText([key, value]: readonly [string, string]): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (rest.length + String(length).length !== length) length = rest.length + String(length).length;
  return `${length}${rest}`;
}

function extension(size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write("records");
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write("x", 156);
  block.write("ustar\x0000", 257);
  return summed(block);
}

/** With the sum of the others in the place for it. */
export function summed(block: Buffer): Buffer {
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
