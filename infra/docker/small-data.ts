// Little data as another user's, to be written back beside what an assistant is handed: that takes a fraction of the time of a
// container that gives it away.
import { dirname, join } from "node:path/posix";
import { buffer } from "node:stream/consumers";
import { isDeepStrictEqual } from "node:util";
import { extract, type Header } from "tar-stream";
import { STATE_PATH } from "../assistant/image-contract.ts";
import { beginningOf } from "../assistant/whole-answer.ts";
import { openFile } from "./settings-file.ts";
import { type Entry, ownerOf } from "./tar.ts";

const LONGEST = 256 * 1024;

/**
 * All of the data as that user's, by its paths inside the door; nothing if it is theirs already. Only while nobody can write there:
 * what changes meanwhile would be lost.
 * @returns undefined when it is more, or has other things than files and folders
 */
export async function smallDataFor(door: string, uid: number): Promise<Entry[] | undefined> {
  const packed = await openFile(door, STATE_PATH);
  const archive = packed && (await beginningOf(packed, LONGEST));
  if (!archive || archive.length > LONGEST) return undefined;
  return entriesFor(archive, uid);
}

/** Of a PAX header: one of the file's own, such as a capability. */
const isAttribute = (key: string) => key.startsWith("SCHILY.");

async function entriesFor(archive: Buffer, uid: number): Promise<Entry[] | undefined> {
  const packed = extract();
  packed.end(archive);
  const entries: Entry[] = [];
  const owner = { uid, gid: uid };
  let isOwned = true;
  for await (const entry of packed) {
    const {
      name,
      mode = 0,
      mtime = new Date(),
      type,
      pax,
    } = entry.header as Header & { readonly pax?: object };
    if (type !== "file" && type !== "directory") return undefined;
    if (Object.keys(pax ?? {}).some(isAttribute)) return undefined;
    isOwned &&= isDeepStrictEqual(ownerOf(entry.header), owner);
    const path = join(dirname(STATE_PATH), name);
    entries.push({ name: path, content: await buffer(entry), mode, mtime, type, ...owner });
  }
  return isOwned ? [] : entries;
}
