// Little data as another user's, to be written back beside what an assistant is handed: that takes a fraction of the time of a
// container that gives it away.
import { dirname, join } from "node:path/posix";
import { buffer } from "node:stream/consumers";
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
  const data = await readSmallData(door);
  return data && givenTo(uid, data);
}

/** All of the data, by its paths inside the door. @returns undefined as smallDataFor */
export async function readSmallData(door: string): Promise<Entry[] | undefined> {
  const packed = await openFile(door, STATE_PATH);
  const archive = packed && (await beginningOf(packed, LONGEST));
  if (!archive || archive.length > LONGEST) return undefined;
  return entriesOf(archive);
}

/** All of it as that user's; nothing if it is theirs already. */
export function givenTo(uid: number, data: readonly Entry[]): Entry[] {
  const isTheirs = data.every((entry) => entry.uid === uid && entry.gid === uid);
  return isTheirs ? [] : data.map((entry) => ({ ...entry, uid, gid: uid }));
}

/** Of a PAX header: one of the file's own, such as a capability. */
const isAttribute = (key: string) => key.startsWith("SCHILY.");

async function entriesOf(archive: Buffer): Promise<Entry[] | undefined> {
  const packed = extract();
  packed.end(archive);
  const entries: Entry[] = [];
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
    const path = join(dirname(STATE_PATH), name);
    entries.push({ name: path, content: await buffer(entry), mode, mtime, type, ...ownerOf(entry.header) });
  }
  return entries;
}
