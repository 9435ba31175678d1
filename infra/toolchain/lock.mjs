// One process at a time, for work that several may start at once. Plain JavaScript, since bootstrap.mjs needs it on
// an old Node. The owner touches its file every second: a lock is abandoned when its process is gone, or when nobody
// has touched it for a while (another machine, or a process id that was given away again after a restart).
import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";

const TOUCH_EVERY_MS = 1_000;
const ABANDONED_AFTER_MS = 15_000;
const LOOK_EVERY_MS = 200;

/**
 * Waits until the lock is this process's own; an abandoned one is taken over.
 * @param {string} path of the lock's file
 * @param {(owner: number) => void} onWait is given the owner's process id while it waits
 * @returns {Promise<() => Promise<void>>} its release
 */
export async function lock(path, onWait = () => {}) {
  const mine = `${process.pid} ${hostname()} ${randomUUID()}`;
  const isSilent = silence(path);
  while (!(await claim(path, mine))) {
    const theirs = await readFile(path, "utf8").catch(() => "");
    if (isDead(theirs) || (await isSilent())) await takeAway(path, theirs);
    else {
      onWait(Number.parseInt(theirs, 10));
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
  const touch = () => utimes(path, new Date(), new Date()).catch(() => {});
  const touching = setInterval(touch, TOUCH_EVERY_MS).unref();
  return async () => {
    clearInterval(touching);
    if ((await readFile(path, "utf8").catch(() => "")) === mine) await rm(path, { force: true });
  };
}

async function claim(path, mine) {
  try {
    await writeFile(path, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * The clock may jump, and a time in the future stay there: an owner is silent when nobody has touched its file while this
 * process looked on, for less long where the file says that it was not touched for a while.
 * @param {string} path
 */
function silence(path) {
  let seen = { touchedAt: 0, since: performance.now() };
  return async () => {
    const touched = await stat(path).catch(() => undefined);
    if (!touched) return false;
    const { mtimeMs: touchedAt } = touched;
    if (touchedAt !== seen.touchedAt) seen = { touchedAt, since: performance.now() };
    const isOld = Math.abs(Date.now() - touchedAt) > ABANDONED_AFTER_MS;
    return performance.now() - seen.since > (isOld ? 3 * TOUCH_EVERY_MS : ABANDONED_AFTER_MS);
  };
}

/** @param {string} theirs */
function isDead(theirs) {
  const [pid, host] = theirs.split(" ");
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Between the look and this another process may have taken over: its lock is put back. */
async function takeAway(path, expected) {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, "utf8")) !== expected) await link(aside, path);
  } catch {
    // Gone already, or claimed again: either way the caller looks once more.
  } finally {
    await rm(aside, { force: true });
  }
}
