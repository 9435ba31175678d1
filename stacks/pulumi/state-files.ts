// The files in which a file backend keeps a stack. Pulumi keeps past updates for ever, two files each, and a copy of a
// removed stack; and what a full disk has cut off, it can't read. docs/operating.md says what other backends need.
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { PROJECT } from "./environment.ts";

const LockFile = z.object({ pid: z.int(), username: z.string(), hostname: z.string() });

/** Updates of a stack that `pulumi stack history` still lists. */
export const KEPT_UPDATES = 20;

/** Folder of a file backend; undefined for any other. */
export function stateFolder(backendUrl: string): string | undefined {
  if (!backendUrl.startsWith("file://")) return undefined;
  const { pathname } = new URL(backendUrl);
  return fileURLToPath(`file://${pathname}`);
}

/** Removes all but the latest updates of a stack. */
export async function forgetOldUpdates(folder: string, stackName: string): Promise<void> {
  const files = await filesIn(historyFolder(folder, stackName));
  // `<stack>-<time in ns>.history.json` and `….checkpoint.json`: in order of time, whatever Pulumi adds to the endings.
  const updates = Map.groupBy(files, (file) => basename(file).split(".")[0]);
  const old = [...updates.values()].slice(0, -KEPT_UPDATES).flat();
  await Promise.all(old.map((file) => rm(file, { force: true })));
}

/** Removes what Pulumi leaves of a stack that it has removed: a copy, folders, and its lock if that was cut off. */
export async function forgetRemoved(folder: string, stackName: string): Promise<void> {
  for (const own of [locksFolder(folder, stackName), historyFolder(folder, stackName)])
    await rm(own, { recursive: true, force: true });
  const state = stateFile(folder, stackName);
  for (const copy of [`${state}.bak`, wholeCopy(state)]) await rm(copy, { force: true });
}

/**
 * Keeps a copy of a new stack's state as it is before Pulumi acts on it: on a full disk Pulumi cuts off the state and its own
 * copy of it. Of an older stack the history has whole ones. Without room for it there is none.
 */
export async function keepWholeState(folder: string, stackName: string): Promise<void> {
  if ((await filesIn(historyFolder(folder, stackName))).some(isCheckpoint)) return;
  const state = stateFile(folder, stackName);
  const text = await readFile(state, "utf8").catch(() => "");
  if (isWhole(text)) await replaceWhole(wholeCopy(state), text).catch(() => {});
}

/** Removes a stack's state. What else there is of it goes with forgetRemoved. */
export async function removeState(folder: string, stackName: string): Promise<void> {
  const file = stateFile(folder, stackName);
  for (const form of [file, `${file}.gz`]) await rm(form, { force: true, recursive: true });
}

/** Removes the stack's locks. Only for locks whose owners are known to be dead. */
export async function removeLocks(folder: string, stackName: string): Promise<void> {
  for (const file of await filesIn(locksFolder(folder, stackName))) await rm(file, { force: true });
}

/**
 * Makes a stack's files readable again where a write was cut off: a lock that names nobody goes, as does half an entry of the
 * history, and the latest whole copy takes the place of a damaged state.
 * @returns whether the state is a copy: what was done last is not in it
 * @throws Error when a copy can't be written
 */
export async function mendStateFiles(folder: string, stackName: string): Promise<boolean> {
  for (const file of await filesIn(locksFolder(folder, stackName)))
    await removeUnless(file, (text) => readLock(text) !== undefined);
  const entries = await filesIn(historyFolder(folder, stackName));
  // One that Pulumi compresses by a setting is none of these.
  const history = entries.filter((file) => file.endsWith(".json"));
  for (const file of history.slice(-2)) await removeUnless(file, isWhole);
  const state = stateFile(folder, stackName);
  const known = await readFile(state, "utf8").catch(() => undefined);
  if (known === undefined || isWhole(known)) return false;
  const checkpoints = history.filter(isCheckpoint);
  for (const copy of [`${state}.bak`, ...checkpoints.toReversed(), wholeCopy(state)]) {
    const text = await readFile(copy, "utf8").catch(() => "");
    if (!isWhole(text)) continue;
    await replaceWhole(state, text);
    return true;
  }
  return false;
}

/**
 * What a file backend keeps of a stack: the state, undefined if there is none and why if it can't be read, and its copies and
 * history, as text.
 */
export async function readStateFiles(
  folder: string,
  stackName: string,
): Promise<{ state: string | Error | undefined; copies: string[]; locks: string[] }> {
  const [state, history, locks] = await Promise.all([
    readStateText(folder, stackName).catch((error: Error) => error),
    filesIn(historyFolder(folder, stackName)),
    readLockTexts(folder, stackName),
  ]);
  return { state, copies: await texts([`${stateFile(folder, stackName)}.bak`, ...history]), locks };
}

/** A stack's state alone; undefined if there is none. @throws Error when there is one that can't be read */
export async function readStateText(folder: string, stackName: string): Promise<string | undefined> {
  const file = stateFile(folder, stackName);
  return (await textIfThere(file)) ?? textIfThere(`${file}.gz`);
}

/** A stack's locks. */
export async function readLockTexts(folder: string, stackName: string): Promise<string[]> {
  const locks = await filesIn(locksFolder(folder, stackName));
  return texts(locks.filter((name) => name.endsWith(".json")));
}

export interface StackLock {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
}

/** Whose a lock is; undefined if it names nobody. Pulumi writes its locks whole, with their owner, and refuses any file there. */
export function readLock(text: string): StackLock | undefined {
  try {
    const { username: user, hostname: host, pid } = LockFile.parse(JSON.parse(text));
    return { user, host, pid };
  } catch {
    return undefined;
  }
}

/** Names of the stacks that a file backend keeps. */
export async function stackNames(folder: string): Promise<string[]> {
  const files = await filesIn(join(folder, ".pulumi/stacks", PROJECT));
  return files.flatMap((file) => /^(.*)\.json(\.gz)?$/.exec(basename(file))?.[1] ?? []);
}

function texts(files: readonly string[]): Promise<string[]> {
  return Promise.all(files.map((name) => textOf(name).catch(() => "")));
}

/** Pulumi compresses by a setting. */
async function textOf(file: string): Promise<string> {
  const bytes = await readFile(file);
  return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** One that is another user's, say, is there: what is taken for missing would be made anew. */
function textIfThere(file: string): Promise<string | undefined> {
  return textOf(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

function stateFile(folder: string, stackName: string): string {
  return join(folder, ".pulumi/stacks", PROJECT, `${stackName}.json`);
}

function wholeCopy(state: string): string {
  return `${state}.whole`;
}

async function replaceWhole(file: string, text: string): Promise<void> {
  const unfinished = `${file}.tmp`;
  try {
    await writeFile(unfinished, text, { flush: true });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

function locksFolder(folder: string, stackName: string): string {
  return join(folder, ".pulumi/locks/organization", PROJECT, stackName);
}

function historyFolder(folder: string, stackName: string): string {
  return join(folder, ".pulumi/history", PROJECT, stackName);
}

/** A state as it was after an update. One that Pulumi compresses by a setting is not read. */
function isCheckpoint(file: string): boolean {
  return file.endsWith(".checkpoint.json");
}

async function removeUnless(file: string, isFit: (text: string) => boolean): Promise<void> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined && !isFit(text)) await rm(file, { force: true });
}

function isWhole(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

/** Paths in the order of their names; none if there is no such folder. */
async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.toSorted().map((name) => join(folder, name));
}
