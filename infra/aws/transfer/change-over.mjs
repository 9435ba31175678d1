// @ts-check
// How a state that was unpacked beside the one there is takes its place, by names alone. Runs inside the task, as a part of
// program.mjs: no name may be declared in both.
import * as files from "node:fs/promises";

const SLASH = Buffer.from("/");
/** What the names of the folders begin with in which a state is on its way: no part of it. */
const OWN = ".berth-transfer-";

/**
 * Fills a folder inside the state, and only once that is done moves what there is out and what is in the folder in.
 * @param {Buffer} state
 * @param {string} name of what the folder is filled with, which becomes the state
 * @param {(folder: Buffer) => Promise<void>} fill what it throws leaves the state as it was
 * @param {() => void} onTouched called once that is over
 */
export async function replaceWhole(state, name, fill, onTouched) {
  const incoming = below(state, Buffer.from(`${OWN}in`));
  const outgoing = below(state, Buffer.from(`${OWN}out`));
  const unpacked = below(incoming, Buffer.from(name));
  const before = await files.lstat(state);
  await files.chmod(state, 0o700);
  /** @type {import("node:fs").Stats} */
  let after;
  try {
    await removeWhole(incoming);
    await files.mkdir(incoming, { mode: 0o700 });
    await fill(incoming);
    after = await files.lstat(unpacked);
  } catch (error) {
    await removeWhole(incoming);
    await likeBefore(state, before);
    throw error;
  }
  onTouched();
  await removeWhole(outgoing);
  await files.mkdir(outgoing, { mode: 0o700 });
  await moveAll(state, outgoing);
  await files.chmod(unpacked, 0o700);
  await moveAll(unpacked, state);
  await removeWhole(outgoing);
  await removeWhole(incoming);
  await likeBefore(state, after);
}

/**
 * Whether an entry of the state is one of these folders.
 * @param {Buffer} name
 */
export function isOnItsWay(name) {
  return name.toString("latin1").startsWith(OWN);
}

/**
 * @param {Buffer} folder
 * @param {Buffer} name
 */
export function below(folder, name) {
  return Buffer.concat([folder, SLASH, name]);
}

/**
 * @param {Buffer} from
 * @param {Buffer} to
 */
async function moveAll(from, to) {
  for (const name of await files.readdir(from, { encoding: "buffer" }))
    if (!isOnItsWay(name)) await move(below(from, name), below(to, name));
}

/**
 * A folder that its owner has closed to himself can't be moved as it is: its own `..` is written, too.
 * @param {Buffer} from
 * @param {Buffer} to
 */
async function move(from, to) {
  const stat = await files.lstat(from);
  const isClosed = stat.isDirectory() && (stat.mode & 0o200) === 0;
  if (isClosed) await files.chmod(from, 0o700);
  await files.rename(from, to);
  if (isClosed) await files.chmod(to, stat.mode & 0o7777);
}

/**
 * @param {Buffer} folder
 * @param {import("node:fs").Stats} stat
 */
async function likeBefore(folder, { mode, atime, mtime }) {
  await files.utimes(folder, atime, mtime);
  await files.chmod(folder, mode & 0o7777);
}

/**
 * Whatever its modes say: all of it is its owner's.
 * @param {Buffer} path
 */
async function removeWhole(path) {
  const found = await files.lstat(path).catch(() => undefined);
  if (!found) return;
  if (!found.isDirectory()) return files.unlink(path);
  await files.chmod(path, 0o700);
  for (const name of await files.readdir(path, { encoding: "buffer" })) await removeWhole(below(path, name));
  await files.rmdir(path);
}
