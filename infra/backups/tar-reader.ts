// Reads a tar archive as it passes by: ustar, PAX and GNU tar's. Names are bytes, and not all of them are text: here they are
// strings of one character for each byte (latin1), so that two names are the same only if their bytes are.

export const BLOCK = 512;
const END = Buffer.alloc(2 * BLOCK);
/** Of what stands before an entry: a path has 4,096 bytes at most, and so has the target of a link. */
const LONGEST_EXTENSION = 1024 * 1024;
const HEADER_ONLY = "123456";

export interface TarEntry {
  /** Without a slash at its end. */
  readonly name: string;
  /** The letter of the format: "0" is a file, "1" a link to another entry, "2" a symlink, "5" a folder, "6" a fifo. */
  readonly type: string;
  /** Of a link and a symlink. */
  readonly link: string;
  /** Of the content that follows. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The block as it was, and the records that stood before it. */
  readonly header: Buffer;
  readonly records: ReadonlyMap<string, string>;
}

export interface TarEvents {
  readonly onEntry: (entry: TarEntry) => void;
  /** A part of the content of the entry before. */
  readonly onContent?: (part: Buffer) => void;
}

interface Passing {
  left: number;
  padding: number;
  readonly onPart: (part: Buffer) => void;
  readonly onEnd: () => void;
}

/** Give it the archive piece by piece. Both methods throw an Error as soon as it is no archive, or cut short. */
export class TarReader {
  readonly #events: TarEvents;
  #header = Buffer.alloc(0);
  #passing: Passing | undefined;
  #records = new Map<string, string>();
  #zeros = 0;

  constructor(events: TarEvents) {
    this.#events = events;
  }

  push(piece: Uint8Array): void {
    let rest = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    while (rest.length > 0) rest = this.#passing ? this.#pass(this.#passing, rest) : this.#collect(rest);
  }

  end(): void {
    if (this.#passing || this.#header.length > 0) throw new Error("the archive is cut short");
    if (this.#zeros < END.length) throw new Error("the archive has no end");
  }

  #pass(passing: Passing, piece: Buffer): Buffer {
    const taken = Math.min(passing.left, piece.length);
    if (taken > 0) passing.onPart(piece.subarray(0, taken));
    passing.left -= taken;
    const padding = Math.min(passing.padding, piece.length - taken);
    passing.padding -= padding;
    if (passing.left === 0 && passing.padding === 0) {
      this.#passing = undefined;
      passing.onEnd();
    }
    return piece.subarray(taken + padding);
  }

  #collect(piece: Buffer): Buffer {
    const taken = Math.min(BLOCK - this.#header.length, piece.length);
    this.#header = Buffer.concat([this.#header, piece.subarray(0, taken)]);
    if (this.#header.length === BLOCK) {
      const block = this.#header;
      this.#header = Buffer.alloc(0);
      this.#take(block);
    }
    return piece.subarray(taken);
  }

  #take(block: Buffer): void {
    if (block.equals(END.subarray(0, BLOCK))) {
      this.#zeros += BLOCK;
      return;
    }
    if (this.#zeros > 0) throw new Error("the archive goes on behind its end");
    if (numberAt(block, 148, 8) !== checksum(block)) throw new Error("it is no tar archive");
    const type = typeOf(block);
    if (type === "x" || type === "L" || type === "K") {
      this.#takeExtension(type, block);
      return;
    }
    const entry = entryOf(block, type, this.#records);
    this.#records = new Map();
    this.#events.onEntry(entry);
    if (entry.size > 0) this.#passOn(entry.size, (part) => this.#events.onContent?.(part));
  }

  #takeExtension(type: "x" | "L" | "K", block: Buffer): void {
    const size = numberAt(block, 124, 12);
    if (!(size > 0 && size <= LONGEST_EXTENSION))
      throw new Error("what stands before an entry has a wrong size");
    const parts: Buffer[] = [];
    this.#passOn(
      size,
      (part) => parts.push(part),
      () => this.#addRecords(type, Buffer.concat(parts)),
    );
  }

  #addRecords(type: "x" | "L" | "K", content: Buffer): void {
    if (type === "x") for (const [key, value] of recordsIn(content)) this.#records.set(key, value);
    else this.#records.set(type === "L" ? "path" : "linkpath", textIn(content));
  }

  #passOn(left: number, onPart: (part: Buffer) => void, onEnd = () => {}): void {
    this.#passing = { left, padding: (BLOCK - (left % BLOCK)) % BLOCK, onPart, onEnd };
  }
}

function entryOf(header: Buffer, letter: string, records: ReadonlyMap<string, string>): TarEntry {
  const path = records.get("path") ?? pathIn(header);
  const type = letter === "0" && path.endsWith("/") ? "5" : letter;
  const number = (key: string, at: number, length: number) => {
    const record = records.get(key);
    return record === undefined ? numberAt(header, at, length) : Number(record);
  };
  const size = HEADER_ONLY.includes(type) ? 0 : number("size", 124, 12);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error("an entry has a wrong size");
  return {
    name: path.replace(/\/$/, ""),
    type,
    link: records.get("linkpath") ?? textIn(header.subarray(157, 257)),
    size,
    mode: numberAt(header, 100, 8),
    uid: number("uid", 108, 8),
    gid: number("gid", 116, 8),
    header,
    records,
  };
}

function typeOf(block: Buffer): string {
  const letter = String.fromCharCode(block[156] ?? 0);
  return letter === "\0" || letter === "7" ? "0" : letter;
}

/** GNU tar has times where the others have the first part of a long name. */
function pathIn(header: Buffer): string {
  const name = textIn(header.subarray(0, 100));
  const isUstar = header.toString("latin1", 257, 263) === "ustar\0";
  const prefix = isUstar ? textIn(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Each of them: its whole length in digits, a blank, `key=value`, a line end. Values are bytes. */
function* recordsIn(content: Buffer): Generator<[string, string]> {
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(" ", at);
    const length = Number(content.toString("latin1", at, blank));
    const record = content.toString("latin1", blank + 1, at + length - 1);
    const equals = record.indexOf("=");
    const isWhole = length > 0 && at + length <= content.length && content[at + length - 1] === 10;
    if (!isWhole || equals <= 0) throw new Error("what stands before an entry is damaged");
    yield [record.slice(0, equals), record.slice(equals + 1)];
    at += length;
  }
}

function textIn(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString("latin1", 0, end < 0 ? field.length : end);
}

/** Octal digits; or, where they are too few, binary, which the first bit says. */
function numberAt(block: Buffer, at: number, length: number): number {
  const first = block[at] ?? 0;
  if ((first & 0x80) !== 0) {
    const bits = block.readBigUInt64BE(at + length - 8);
    return Number(length === 8 ? bits & 0x7fffffffffffffffn : bits);
  }
  const digits = textIn(block.subarray(at, at + length)).trim();
  if (digits === "") return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** Of the block with blanks in the place of the sum. */
export function checksum(block: Buffer): number {
  let sum = 8 * 32;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum;
}
