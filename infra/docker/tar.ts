// Tar archives of small files, the form in which Docker takes and gives files of a container.
import { buffer } from "node:stream/consumers";
import { extract, type Header, pack } from "tar-stream";

interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export interface Entry extends Owner {
  readonly name: string;
  readonly content: string | Buffer;
  /** A file if absent. */
  readonly type?: "file" | "directory";
  readonly mtime?: Date;
}

/** Of the six octal digits that tar-stream writes. */
const LARGEST_ID = 0o777777;

/** The archive of one file named `name`, owned as given. */
export async function tarFile(name: string, content: string | Buffer, owner: Owner): Promise<Buffer> {
  return tarFiles([{ name, content, ...owner }]);
}

/** Of several, in their order: Docker starts a process for each archive that it unpacks. */
export async function tarFiles(files: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of files) archive.entry({ ...header, ...recordsOf(header) }, content);
  archive.finalize();
  return buffer(archive);
}

/** Ids that are too long for a header's own fields. */
export function recordsOf({ uid, gid }: { readonly uid: number; readonly gid: number }) {
  return Math.max(uid, gid) > LARGEST_ID ? { pax: { uid: String(uid), gid: String(gid) } } : {};
}

/** Of an entry that was read: an id too long for its own field stands in the records. */
export function ownerOf(header: Header): { readonly uid: number; readonly gid: number } {
  const { pax } = header as { readonly pax?: Readonly<Record<string, string>> };
  return { uid: Number(pax?.uid ?? header.uid), gid: Number(pax?.gid ?? header.gid) };
}

/**
 * The first file of an archive: ustar, PAX or GNU tar's.
 * @returns undefined if that is no regular file (a folder, a link) or isn't whole
 */
export async function readTarFile(archive: Buffer): Promise<Buffer | undefined> {
  const entries = extract();
  entries.end(archive);
  try {
    for await (const entry of entries) return entry.header.type === "file" ? await buffer(entry) : undefined;
  } catch {
    // No archive, or cut off.
  }
  return undefined;
}
