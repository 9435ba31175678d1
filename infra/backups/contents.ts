// What an archive of an assistant's state may hold. Looked at while it passes by: nothing of it is kept or unpacked.
import { once } from "node:events";
import { basename } from "node:path";
import { extract, type Header } from "tar-stream";
import { STATE_PATH } from "../assistant/image-contract.ts";

/** The one folder that everything in an archive is in, as the engine names it. */
const ROOT = basename(STATE_PATH);
const MAX_ENTRIES = 1_000_000;
/** A tar archive ends in two empty blocks. */
const END = Buffer.alloc(1024);
export const EMPTY_ARCHIVE: readonly Uint8Array[] = [END];
/** A fifo does nothing by itself, and an assistant may have made one. */
const KINDS: readonly unknown[] = ["file", "directory", "symlink", "link", "fifo"];

/** What has been counted of an archive; whole once the archive has passed. */
export interface Contents {
  /** Beyond the root folder and the empty file that the secrets are mounted on. */
  entries: number;
  bytes: number;
}

/**
 * Passes an archive on, piece by piece, and refuses it as soon as something is wrong with it.
 * @throws Error when it is cut short, is no archive, or holds what no state has; or is larger than `maxBytes`
 */
export async function* checked(
  archive: AsyncIterable<Uint8Array>,
  maxBytes: number,
  contents: Contents,
): AsyncGenerator<Uint8Array> {
  const reader = extract({});
  const fault = new Promise<never>((_resolve, reject) => reader.once("error", reject));
  fault.catch(() => {});
  const look = lookAt(contents);
  reader.on("entry", (header, body, next) => {
    // The reader tells of it, too.
    body.on("error", () => {});
    const wrong = look(header);
    if (wrong) return reader.destroy(new Error(wrong));
    body.once("end", next);
    body.resume();
  });
  let end = Buffer.alloc(0);
  for await (const piece of archive) {
    contents.bytes += piece.length;
    if (contents.bytes > maxBytes) throw tooLarge(maxBytes);
    end = Buffer.concat([end, piece.subarray(-END.length)]).subarray(-END.length);
    if (!reader.write(piece)) await Promise.race([once(reader, "drain"), fault]);
    yield piece;
  }
  reader.end(null);
  await Promise.race([once(reader, "finish"), fault]);
  if (!end.equals(END)) throw new Error("the archive has no end");
}

/** Says of each entry what is wrong with it, and counts it. */
function lookAt(contents: Contents): (header: Header) => string | undefined {
  const symlinks = new Set<string>();
  let count = 0;
  return ({ name, type, linkname, size }) => {
    if (++count > MAX_ENTRIES) return "it has too many entries";
    const path = withoutSlash(name);
    if (!KINDS.includes(type)) return `${shown(name)} is a ${type ?? "thing of unknown kind"}`;
    if (!isInside(path)) return `${shown(name)} is outside of the state`;
    if (type === "link" && !isInside(linkname ?? "")) return `${shown(name)} links to what is outside`;
    if (foldersOf(path).some((folder) => symlinks.has(folder))) return `${shown(name)} is behind a link`;
    if (type === "symlink") symlinks.add(path);
    const isMountPoint = path === `${ROOT}/.env` && (size ?? 0) === 0;
    if (path !== ROOT && !isMountPoint) contents.entries++;
    return undefined;
  };
}

function isInside(path: string): boolean {
  const [first, ...rest] = path.split("/");
  return first === ROOT && !rest.some((part) => part === ".." || part === "." || part === "");
}

function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join("/"));
}

function withoutSlash(name: string): string {
  return name.replace(/\/$/, "");
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}

export function tooLarge(maxBytes: number): Error {
  return new Error(
    `The state is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB, the limit of backups`,
  );
}
