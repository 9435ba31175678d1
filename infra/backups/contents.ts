// What an archive of an assistant's state may hold. Looked at while it passes by: nothing of it is kept or unpacked.
import { basename } from "node:path";
import { STATE_PATH } from "../assistant/image-contract.ts";
import { type TarEntry, TarReader } from "./tar-reader.ts";

/** The one folder that everything in an archive is in, as the engine names it. */
const ROOT = basename(STATE_PATH);
const MAX_ENTRIES = 1_000_000;
const MIB = 1024 * 1024;
/** Engines leave out, without a word, what is in a folder whose path is longer than the system takes: 4,096 bytes with its own part. */
const LONGEST_FOLDER = 3_500;
/** Holes cost their assistant nothing, and everybody the time to read them; unpacked they take room like other content. */
const MOST_ZEROS = 1024 * MIB;
/** What counts as one; shorter runs are ordinary content. */
const ZEROS = Buffer.alloc(4096);
/** By their letters: see tar-reader.ts. A fifo does nothing by itself, and an assistant may have made one. */
const ALLOWED = "01256";
const DEVICES = "34";
const SLASH = "/".charCodeAt(0);

/** What has been counted of an archive; whole once the archive has passed. */
export interface Contents {
  /** Beyond the root folder and the empty file that the secrets are mounted on. */
  entries: number;
  bytes: number;
}

export interface Limits {
  readonly maxBytes: number;
  /** Whether the archive is being made: then what it could not be restored from as it was is refused, too. */
  readonly isNew: boolean;
}

/**
 * Passes an archive on, piece by piece, and refuses it as soon as something is wrong with it.
 * @throws Error when it is cut short, is no archive, or holds what no state has; or is larger than `maxBytes`
 */
export async function* checked(
  archive: AsyncIterable<Uint8Array>,
  { maxBytes, isNew }: Limits,
  contents: Contents,
): AsyncGenerator<Uint8Array> {
  const look = lookAt(contents);
  let zeros = 0;
  /** Without the piece that is being read. */
  let passed = 0;
  const reader = new TarReader({
    onEntry(entry) {
      const wrong = look(entry) ?? (isNew ? tooLong(entry) : undefined);
      if (wrong) throw new Error(isNew ? `The data can't be backed up: ${wrong}` : wrong);
      // Before any of it is read: the file's maker has named its size, and holes cost nothing.
      if (passed + entry.size > maxBytes) throw tooLarge(maxBytes, entry);
    },
    onContent(part) {
      if (!isNew) return;
      zeros += zerosIn(part);
      if (zeros > MOST_ZEROS) throw tooManyZeros();
    },
  });
  for await (const piece of archive) {
    contents.bytes += piece.length;
    if (contents.bytes > maxBytes) throw tooLarge(maxBytes);
    reader.push(piece);
    passed = contents.bytes;
    yield piece;
  }
  reader.end();
}

function zerosIn(part: Buffer): number {
  let zeros = 0;
  for (let at = 0; at + ZEROS.length <= part.length; at += ZEROS.length)
    if (ZEROS.compare(part, at, at + ZEROS.length) === 0) zeros += ZEROS.length;
  return zeros;
}

/** Says of each entry what is wrong with it, and counts it. */
function lookAt(contents: Contents): (entry: TarEntry) => string | undefined {
  /** By their hashes: a million long names would fill the memory, and two that collide only refuse a backup. */
  const symlinks = new Set<number>();
  let count = 0;
  return ({ name, type, link, size, records }) => {
    if (++count > MAX_ENTRIES) return "it has too many entries";
    if (DEVICES.includes(type)) return `${shown(name)} is a device`;
    if (!ALLOWED.includes(type)) return `${shown(name)} is a thing of unknown kind`;
    if ([...records.keys()].some((key) => key.startsWith("GNU.sparse"))) return `${shown(name)} is in parts`;
    if (!isInside(name)) return `${shown(name)} is outside of the state`;
    if (type === "1" && !isInside(link)) return `${shown(name)} links to what is outside`;
    const { own, folders } = hashesOf(name);
    if (symlinks.size > 0 && folders.some((folder) => symlinks.has(folder)))
      return `${shown(name)} is behind a link`;
    if (type === "2") symlinks.add(own);
    const isMountPoint = name === `${ROOT}/.env` && size === 0;
    if (name !== ROOT && !isMountPoint) contents.entries++;
    return undefined;
  };
}

function tooLong({ name, type }: TarEntry): string | undefined {
  if (type !== "5" || name.length <= LONGEST_FOLDER) return undefined;
  return `the path of a folder has ${name.length} bytes, more than ${LONGEST_FOLDER}: ${shown(name)} … Delete it, or move it up`;
}

function isInside(path: string): boolean {
  const [first, ...rest] = path.split("/");
  return first === ROOT && !rest.some((part) => part === ".." || part === "." || part === "");
}

/** FNV-1a, in 53 bits, of a path and of each folder that it is in: read once, however deep it is. */
function hashesOf(path: string): { readonly own: number; readonly folders: readonly number[] } {
  const folders: number[] = [];
  let [low, high] = [0x811c9dc5, 0x9e3779b9];
  const hash = () => (low >>> 0) * 2 ** 21 + (high >>> 11);
  for (let at = 0; at < path.length; at++) {
    const byte = path.charCodeAt(at);
    if (byte === SLASH) folders.push(hash());
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x01000195);
  }
  return { own: hash(), folders };
}

/** A name is a string of one character for each of its bytes: see tar-reader.ts. */
function shown(name: string): string {
  return JSON.stringify(Buffer.from(name.slice(0, 100), "latin1").toString("utf8"));
}

export function tooLarge(maxBytes: number, entry?: Pick<TarEntry, "name" | "size">): Error {
  const because = entry ? `: ${shown(entry.name)} alone has ${mib(entry.size)} MiB, holes included` : "";
  return new Error(`The state is larger than ${mib(maxBytes)} MiB, the limit of backups${because}`);
}

function tooManyZeros(): Error {
  return new Error(
    `The data can't be backed up: more than ${mib(MOST_ZEROS)} MiB of its files are zeros or holes. Delete or shrink the files with holes`,
  );
}

function mib(bytes: number): number {
  return Math.floor(bytes / MIB);
}
