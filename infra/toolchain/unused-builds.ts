// Builds of the dashboard in the cache: those that nobody serves any more are removed.
import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** This one, and the one to go back to. */
const KEPT = 2;
const USED_EVERY_MS = 3_600_000;
/** A server says each hour that it serves its build. */
const UNUSED_AFTER_MS = 24 * USED_EVERY_MS;

/** Says of a build that it is served, for as long as this process lives, and removes what nobody serves. */
export async function useBuild(cache: string, name: string): Promise<void> {
  const use = () => utimes(join(cache, name), new Date(), new Date()).catch(() => {});
  await use();
  setInterval(use, USED_EVERY_MS).unref();
  await removeUnused(cache);
}

/** All but the two that were served last, and those that are. What can't be removed stays. */
export async function removeUnused(cache: string, now = Date.now()): Promise<void> {
  const builds: { path: string; usedAt: number }[] = [];
  for (const name of await readdir(cache)) {
    if (!/^dashboard-[0-9a-f]{16}$/.test(name)) continue;
    const path = join(cache, name);
    const usedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (usedAt !== undefined) builds.push({ path, usedAt });
  }
  const others = builds.toSorted((one, two) => two.usedAt - one.usedAt).slice(KEPT);
  for (const { path, usedAt } of others)
    if (now - usedAt > UNUSED_AFTER_MS) {
      await rm(path, { recursive: true, force: true }).catch(() => {});
      await rm(`${path}.lock`, { force: true }).catch(() => {});
    }
}
