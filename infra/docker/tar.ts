// A tar archive of one small file, the form in which Docker takes and gives files of a container. (POSIX ustar)

const BLOCK = 512;

/** The archive of one file named `name`, owned as given. */
export function tarFile(
  name: string,
  text: string,
  owner: { readonly uid: number; readonly gid: number; readonly mode: number },
): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number) =>
    header.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at);
  header.write(name, 0, 100);
  octal(owner.mode, 100, 8);
  octal(owner.uid, 108, 8);
  octal(owner.gid, 116, 8);
  octal(content.length, 124, 12);
  octal(Math.floor(Date.now() / 1000), 136, 12);
  header.write("        0", 148);
  header.write("ustar\0" + "00", 257);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * BLOCK)]);
}

/** Text of the first file of an archive; undefined if that is no regular file (a folder, a link) or isn't whole. */
export function readTarFile(archive: Buffer): string | undefined {
  const isRegular = archive.length >= BLOCK && (archive[156] === 0x30 || archive[156] === 0);
  if (!isRegular) return undefined;
  const end = BLOCK + Number.parseInt(archive.toString("latin1", 124, 136), 8);
  return end <= archive.length ? archive.toString("utf8", BLOCK, end) : undefined;
}
