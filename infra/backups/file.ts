// A backup as a file: tar, gzip, age. Written whole or not at all; nothing is ever held in memory whole.
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import { readBackupKey, readBackupKeys } from "./key.ts";

/** The assistant may be standing still meanwhile: fast, and nearly as small. */
const GZIP = { level: 1 };

/** A file as it is known by its record. */
export interface Sum {
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Encrypts an archive into a file, which is there under its name only once it is whole and on the disk.
 * @param keyFile see key.ts
 * @throws Error of the archive, or of the disk; there is no file then.
 */
export async function writeEncrypted(
  file: string,
  keyFile: string,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Sum> {
  const recipient = await identityToRecipient(await readBackupKey(keyFile));
  const unfinished = unfinishedName(file);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const hash = createHash("sha256");
  try {
    const handle = await open(unfinished, "w", 0o600);
    let size = 0;
    try {
      await pipeline(
        archive,
        createGzip(GZIP),
        (plain: AsyncIterable<Uint8Array>) => encrypted(plain, recipient),
        (sealed: AsyncIterable<Uint8Array>) => handle.writeFile(hashed(sealed, hash)),
        { signal },
      );
      await handle.sync();
      ({ size } = await handle.stat());
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
    await sync(dirname(file));
    return { size, sha256: hash.digest("hex") };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Removes a file and whatever a dead process has left of it. */
export async function removeBackupFile(file: string): Promise<void> {
  await rm(unfinishedName(file), { force: true });
  await rm(file, { force: true });
}

/** Size and digest of an open file. */
export async function sumOf(handle: FileHandle): Promise<Sum> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of contentOf(handle)) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, sha256: hash.digest("hex") };
}

/** The `.tar.gz` in an open file. @throws Error when the key doesn't open it, or at the first piece that was changed. */
export async function* decrypted(handle: FileHandle, keyFile: string): AsyncGenerator<Uint8Array> {
  const decrypter = new Decrypter();
  for (const identity of await readBackupKeys(keyFile)) decrypter.addIdentity(identity);
  yield* await decrypter.decrypt(ReadableStream.from<Uint8Array>(contentOf(handle)));
}

/** The archive in an open file. @throws Error as `decrypted` does. */
export async function* unpacked(handle: FileHandle, keyFile: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // Its error ends the reading below, too.
  pipeline(decrypted(handle, keyFile), gunzip).catch(() => {});
  yield* gunzip;
}

/** From the beginning, however often it is asked for. */
function contentOf(handle: FileHandle): AsyncIterable<Uint8Array> {
  return handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 * 1024 });
}

async function* encrypted(plain: AsyncIterable<Uint8Array>, recipient: string): AsyncGenerator<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  yield* await encrypter.encrypt(ReadableStream.from<Uint8Array>(plain));
}

async function* hashed(pieces: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

function unfinishedName(file: string): string {
  return `${file}.part`;
}

/** Without it a crash of the machine could forget the new name. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
