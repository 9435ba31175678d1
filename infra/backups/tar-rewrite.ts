// Rewrites the headers of an archive, and leaves the contents as they are. Written as PAX, whose names may be any bytes.
import { BLOCK, checksum, type TarEntry, TarReader } from "./tar-reader.ts";

const END = Buffer.alloc(2 * BLOCK);

/** @param headerOf makes all blocks that stand before an entry's content @throws Error of TarReader */
export async function* rewritten(
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  headerOf: (entry: TarEntry) => Buffer[],
): AsyncGenerator<Buffer> {
  let made: Buffer[] = [];
  let padding = 0;
  const reader = new TarReader({
    onEntry(entry) {
      made.push(Buffer.alloc(padding), ...headerOf(entry));
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

/** Blocks that say of the entry behind them what its own header has no room for. */
export function extensionOf(records: ReadonlyMap<string, string>): Buffer[] {
  const content = Buffer.from([...records].map(recordText).join(""), "latin1");
  return [extension(content.length), content, Buffer.alloc(paddingOf(content.length))];
}

/** How many bytes stand behind so many. */
function paddingOf(size: number): number {
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
