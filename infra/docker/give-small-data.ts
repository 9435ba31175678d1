// Gives little data to the assistant's user, as a fresh volume has it from its image: read and written back as an archive,
// which takes a third of the time of a container that runs for it.
import { dirname } from "node:path/posix";
import { buffer } from "node:stream/consumers";
import { isDeepStrictEqual } from "node:util";
import { extract, type Header, pack } from "tar-stream";
import { STATE_PATH } from "../assistant/image-contract.ts";
import { beginningOf } from "../assistant/whole-answer.ts";
import { openFile, put } from "./settings-file.ts";
import { ownerOf, recordsOf } from "./tar.ts";

const LONGEST = 256 * 1024;

/**
 * Only while nobody can write there: what changes meanwhile would be lost.
 * @returns false, with nothing changed, when it is more, or has other things than files and folders
 */
export async function giveSmallData(door: string, uid: number): Promise<boolean> {
  const packed = await openFile(door, STATE_PATH);
  const archive = packed && (await beginningOf(packed, LONGEST));
  if (!archive || archive.length > LONGEST) return false;
  const given = await ownedBy(archive, uid);
  if (given === undefined) return false;
  if (given) await put(door, dirname(STATE_PATH), given);
  return true;
}

/** Of a PAX header: one of the file's own, such as a capability. */
const isAttribute = (key: string) => key.startsWith("SCHILY.");

/** Null if all of it is that user's already, undefined if it has other things than files and folders. */
async function ownedBy(archive: Buffer, uid: number): Promise<Buffer | null | undefined> {
  const entries = extract();
  entries.end(archive);
  const given = pack();
  const owner = { uid, gid: uid };
  let isOwned = true;
  for await (const entry of entries) {
    const { name, mode, mtime, type, pax } = entry.header as Header & { readonly pax?: object };
    const isPlain = (type === "file" || type === "directory") && !Object.keys(pax ?? {}).some(isAttribute);
    if (!isPlain) return undefined;
    isOwned &&= isDeepStrictEqual(ownerOf(entry.header), owner);
    given.entry({ name, mode, mtime, type, ...owner, ...recordsOf(owner) }, await buffer(entry));
  }
  given.finalize();
  return isOwned ? null : buffer(given);
}
