// The files of the data folder that hold the installation's keys. What is locked with one can't be opened without it, so a
// file is made only where none is, and nothing is made in the place of an empty or damaged one.
import { randomBytes } from "node:crypto";
import { chmod, constants, copyFile, link, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readIdentities } from "../../infra/backups/key.ts";

export const KEY_FILES = ["api-key", "passphrase", "secret-key", "backup-key"] as const;
export type KeyFile = (typeof KEY_FILES)[number];

const MODE = 0o600;
/** A line about a key that is no more. */
const GIVEN_UP = "# given up: ";
const SECRET_KEY = /^[\w-]{43}$/;

/** @returns the trimmed text; undefined if there is no such file. @throws Error naming the file when it is of no use */
export async function readKeyFile(folder: string, name: KeyFile): Promise<string | undefined> {
  const file = join(folder, name);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new Error(`The key file ${file} can't be read: ${error.message}.`);
  });
  const why = text === undefined ? undefined : whyUseless(name, text);
  if (why) throw new Error(`The key file ${file} ${why}. ${adviceFor(folder, name)}`);
  return text?.trim();
}

/** Reads all key files. @throws Error that names each one that is of no use */
export async function checkKeyFiles(folder: string): Promise<void> {
  const read = await Promise.allSettled(KEY_FILES.map((name) => readKeyFile(folder, name)));
  const reasons = read.flatMap((one) => (one.status === "rejected" ? [(one.reason as Error).message] : []));
  if (reasons.length > 0) throw new Error(reasons.join("\n"));
}

/**
 * The text of a key file, generated at the first call (mode 0600). `isNew` says which it was.
 * A crash leaves either no file or a whole one.
 * @throws Error naming the file when it is there and of no use
 */
export async function keptKey(
  folder: string,
  name: KeyFile,
  generate: () => string | Promise<string> = newSecretKey,
): Promise<{ value: string; isNew: boolean }> {
  const known = await readKeyFile(folder, name);
  if (known !== undefined) return { value: known, isNew: false };
  const file = join(folder, name);
  const unfinished = await written(file, await generate());
  const isNew = await placed(unfinished, file).finally(() => rm(unfinished));
  await sync(folder);
  const value = await readKeyFile(folder, name);
  if (value === undefined) throw new Error(`The key file ${file} was made, and is gone again.`);
  return { value, isNew };
}

/**
 * Gives a file its name, unless another process was first: then its value is the one that counts.
 * @returns whether this one was
 */
async function placed(unfinished: string, file: string): Promise<boolean> {
  try {
    await link(unfinished, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") throw error;
      // Shares, FAT and the like have no hard links.
      return copyFile(unfinished, file, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Puts a text in the place of a key file, whole or not at all. */
export async function replaceKeyFile(folder: string, name: KeyFile, text: string): Promise<void> {
  const file = join(folder, name);
  await rename(await written(file, text), file);
  await sync(folder);
}

export function newSecretKey(): string {
  return randomBytes(32).toString("base64url");
}

/** The keys of a secret-key file, the one that seals first. */
export function secretKeysIn(text: string): Buffer[] {
  return linesOf(text)
    .filter((line) => SECRET_KEY.test(line))
    .map((line) => Buffer.from(line, "base64url"));
}

/** What a key file says of keys that were given up: ids of secret keys, or from when on backups open again. */
export function givenUpIn(text: string): string[] {
  const lines = linesOf(text).filter((line) => line.startsWith(GIVEN_UP));
  return lines.map((line) => line.slice(GIVEN_UP.length));
}

/** @returns a key file's text that says so, too */
export function withGivenUp(text: string, what: readonly string[]): string {
  return [text, ...what.map((one) => GIVEN_UP + one)].join("\n");
}

export function adviceFor(folder: string, name: KeyFile): string {
  if (name === "api-key")
    return "Put it back from a copy, or remove it: the next start makes another key, and the old one ends.";
  const restore = `Put it back from a copy of ${folder}.`;
  return `${restore} Only if there is none: npm run -s berth -- keys give-up ${name} makes another, and what is locked with the old one is lost.`;
}

/** A file that a power cut has left may be nothing but zeros. */
function whyUseless(name: KeyFile, text: string): string | undefined {
  if (!/[\x21-\x7e]/.test(text)) return "is empty";
  if (name === "secret-key" && !isSecretKey(text)) return "holds no key";
  if (name === "backup-key" && readIdentities(text).length === 0) return "holds no key of age";
  if (text.includes("\0")) return "is damaged";
  return undefined;
}

function isSecretKey(text: string): boolean {
  return (
    linesOf(text).every((line) => SECRET_KEY.test(line) || line.startsWith("#")) &&
    secretKeysIn(text).length > 0
  );
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** @returns the path of a new file beside the one that it is to be */
async function written(file: string, text: string): Promise<string> {
  const unfinished = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  await writeFile(unfinished, `${text}\n`, { mode: MODE, flush: true });
  await chmod(unfinished, MODE);
  return unfinished;
}

/** Without it a power cut could forget the new name. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
