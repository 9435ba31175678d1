// What an archive holds, as numbers that don't depend on the order of its entries: two archives with the same sums hold the
// same. By this it is known that what was unpacked is what was packed.
import { createHash, type Hash } from "node:crypto";
import { counted } from "../sentences.ts";
import { type TarEntry, TarReader } from "./tar-reader.ts";

export interface Sums {
  readonly entries: number;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/** Sums up what passes by. Times and set-id bits are left out: not every engine keeps all of them. */
export class Summing {
  readonly #reader: TarReader;
  #entries = 0;
  #bytes = 0;
  #sum = 0n;
  #content: { readonly entry: TarEntry; readonly hash: Hash } | undefined;

  constructor() {
    this.#reader = new TarReader({
      onEntry: (entry) => this.#take(entry),
      onContent: (part) => this.#content?.hash.update(part),
    });
  }

  /** The same archive, summed up once it has passed. @throws Error of TarReader */
  async *over(archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of archive) {
      this.#reader.push(piece);
      yield piece;
    }
    this.#reader.end();
  }

  get sums(): Sums {
    this.#endContent();
    return { entries: this.#entries, bytes: this.#bytes, sha256: this.#sum.toString(16) };
  }

  #take(entry: TarEntry): void {
    this.#endContent();
    this.#entries++;
    this.#bytes += entry.size;
    const { name, type, link, mode, uid, gid } = entry;
    // Which of a file's names stands first depends on the order: each is a name alone, and the content counts once.
    this.#add("name", name, type === "1" ? "0" : type, type === "2" ? link : "");
    if (type === "5") this.#add("folder", name, mode & 0o777, uid, gid);
    if (type === "0") this.#content = { entry, hash: createHash("sha256") };
  }

  #endContent(): void {
    if (!this.#content) return;
    const { entry, hash } = this.#content;
    this.#content = undefined;
    this.#add("content", hash.digest("hex"), entry.size, entry.mode & 0o777, entry.uid, entry.gid);
  }

  #add(...facts: readonly (string | number)[]): void {
    const digest = createHash("sha256").update(JSON.stringify(facts)).digest("hex");
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % (1n << 256n);
  }
}

/** @throws Error that says what differs */
export function assertSame(wanted: Sums, found: Sums): void {
  if (wanted.entries === found.entries && wanted.bytes === found.bytes && wanted.sha256 === found.sha256)
    return;
  const what = ({ entries, bytes }: Sums) =>
    `${counted(entries, "file or folder", "files and folders")} of ${counted(bytes, "byte")}`;
  const how = what(wanted) === what(found) ? "their content differs" : `there are ${what(found)}`;
  throw new Error(`what was unpacked is not what was packed: of ${what(wanted)}, ${how}`);
}
