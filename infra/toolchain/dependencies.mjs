// The dependencies of this clone, as package-lock.json has them: those of every server and, only for what needs them,
// the kinds `dev` (tests and checks) and `optional` (a target's SDK). Plain JavaScript that an old Node runs.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exclusively, installedPackages, lockedPackages, npm, ROOT } from "./npm.mjs";

const KINDS = ["dev", "optional"];
const WORDS = { dev: "what tests and checks need", optional: "what this target needs" };

/**
 * Installs the dependencies that are missing in this clone. A kind that is there stays, also where the lockfile has changed.
 * @param {readonly ("dev" | "optional")[]} kinds beside those of every server
 * @returns {Promise<void>}
 * @throws Error that says what to do
 */
export async function installDependencies(kinds = []) {
  const isInstalled = () => missing(kinds).length === 0;
  await exclusively(isInstalled, async () => {
    // `npm ci` begins by removing everything, also from under a server that runs.
    const isToAdd = missing([]).length === 0;
    const chosen = new Set([...kinds, ...KINDS.filter(isThere)]);
    const choice = KINDS.map((kind) => `--${chosen.has(kind) ? "include" : "omit"}=${kind}`);
    const added = kinds.filter((kind) => missing([kind]).length > 0).map((kind) => WORDS[kind]);
    const what = isToAdd ? `adding ${added.join(" and ")}` : "installing";
    const command = isToAdd ? ["install", "--no-save"] : ["ci"];
    await npm(what, [...command, ...choice], { folder: ROOT, paths: wanted(kinds) });
    // npm passes over an optional package that it can't get, and succeeds.
    const [absent] = missing(kinds);
    if (!absent) return;
    const advice = "Check that the npm registry can be reached, and run the same command again.";
    throw new Error(`${what} failed: npm has left out ${absent}. ${advice}`);
  });
}

function missing(kinds) {
  const locked = lockedPackages(ROOT);
  const installed = installedPackages(ROOT);
  return wanted(kinds).filter(
    (path) => installed[path]?.version !== locked[path].version || !existsSync(join(ROOT, path)),
  );
}

/** Paths of the packages of those kinds. Of optional ones the root's own: others are for other machines, or fail. */
function wanted(kinds) {
  const { "": root, ...locked } = lockedPackages(ROOT);
  const isNeeded = ({ dev, devOptional, optional }) =>
    !optional && (kinds.includes("dev") || !(dev || devOptional));
  const optional = kinds.includes("optional") ? Object.keys(root.optionalDependencies ?? {}) : [];
  return [
    ...Object.keys(locked).filter((path) => isNeeded(locked[path])),
    ...optional.map((name) => `node_modules/${name}`),
  ];
}

function isThere(kind) {
  const isOfKind = { dev: (entry) => entry.dev, optional: (entry) => entry.optional && !entry.dev }[kind];
  return Object.values(installedPackages(ROOT)).some(isOfKind);
}
