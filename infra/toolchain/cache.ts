// What is built or downloaded is kept per user, not per clone. A finished thing appears in one rename, so that
// nothing half-made is ever taken for done.
import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { openClosedFolder } from "./closed-folder.ts";
import { lock } from "./lock.mjs";
import { SetupError, say } from "./progress.ts";

/** Folder of what Berth keeps for this user. */
export async function cacheFolder(environment: NodeJS.ProcessEnv): Promise<string> {
  const base = environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), ".cache");
  const folder = join(base, "berth");
  if (folder.includes(delimiter))
    throw new SetupError(
      "Finding the cache",
      `the path ${folder} has a "${delimiter}", which PATH can't hold.`,
      "Set XDG_CACHE_HOME to a folder without one.",
    );
  // Programs are run from it.
  return openClosedFolder(folder, { what: "cache", variable: "XDG_CACHE_HOME", onClosed: say });
}

/**
 * Path of a finished thing in the cache, made by `make` in a folder of its own if it isn't there yet. Of several
 * processes one makes it and the others wait; when that one dies, the next takes over.
 */
export async function cached(
  cache: string,
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const finished = join(cache, name);
  if (await exists(finished)) return finished;
  await exclusively(cache, name, async () => {
    if (await exists(finished)) return;
    const unfinished = `${finished}.unfinished-`;
    await removeAll(unfinished);
    const folder = await mkdtemp(unfinished);
    try {
      await make(folder);
      await rename(folder, finished);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  return finished;
}

/** Runs `work` while no other process of this user runs work of that name. */
export async function exclusively<T>(cache: string, name: string, work: () => Promise<T>): Promise<T> {
  let isTold = false;
  const release = await lock(join(cache, `${name}.lock`), (owner) => {
    if (!isTold) say(`${name}: process ${owner} is at it, waiting`);
    isTold = true;
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** What processes that were killed have left. */
async function removeAll(prefix: string): Promise<void> {
  const names = await readdir(dirname(prefix));
  for (const name of names.filter((candidate) => candidate.startsWith(basename(prefix)))) {
    await rm(join(dirname(prefix), name), { recursive: true, force: true });
  }
}
