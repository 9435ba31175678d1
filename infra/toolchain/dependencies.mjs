// The dependencies of this clone, as package-lock.json has them: those of every server and, only for what needs them,
// the kinds `dev` (tests and checks) and `optional` (a target's SDK). Plain JavaScript that an old Node runs.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exclusively, installedPackages, lockedPackages, npm, ROOT } from "./npm.mjs";

const KINDS = ["dev", "optional"];
/** What builds the dashboard has a compiled part for each kind of machine. For npm all of them are optional. */
const COMPILED = /^node_modules\/(?:@rolldown\/binding-|lightningcss-)/;
const WORDS = { dev: "what tests and checks need", optional: "what this target needs" };

/**
 * Installs the dependencies that are missing in this clone. A kind that is there stays, also where the lockfile has changed.
 * @param {readonly ("dev" | "optional")[]} kinds beside those of every server
 * @returns {Promise<void>}
 * @throws Error that says what to do
 */
export async function installDependencies(kinds = []) {
  const isInstalled = () => {
    const packages = readPackages();
    return missing(kinds, packages).length === 0 && missingCompiled(packages).length === 0;
  };
  await exclusively(isInstalled, async () => {
    const chosen = new Set([...kinds, ...KINDS.filter(isThere)]);
    const choice = KINDS.map((kind) => `--${chosen.has(kind) ? "include" : "omit"}=${kind}`);
    if (missing(kinds).length > 0) await installKinds(kinds, choice);
    await installCompiled(choice);
  });
}

async function installKinds(kinds, choice) {
  // `npm ci` begins by removing everything, also from under a server that runs.
  const isToAdd = missing([]).length === 0;
  const added = kinds.filter((kind) => missing([kind]).length > 0).map((kind) => WORDS[kind]);
  const what = isToAdd ? `adding ${added.join(" and ")}` : "installing";
  const command = isToAdd ? ["install", "--no-save"] : ["ci"];
  await npm(what, [...command, ...choice], { folder: ROOT, paths: wanted(kinds) });
  // npm passes over an optional package that it can't get, and succeeds.
  assertNone(what, missing(kinds));
}

/** By their names: npm leaves them out together with a target's SDK. */
async function installCompiled(choice) {
  const absent = missingCompiled();
  if (absent.length === 0) return;
  const locked = lockedPackages(ROOT);
  const named = absent.map((path) => `${path.slice("node_modules/".length)}@${locked[path].version}`);
  const what = "adding what builds the dashboard";
  await npm(what, ["install", "--no-save", ...choice, ...named], { folder: ROOT, paths: absent });
  assertNone(what, missingCompiled());
}

function assertNone(what, [absent]) {
  if (!absent) return;
  const advice = "Check that the npm registry can be reached, and run the same command again.";
  throw new Error(`${what} failed: npm has left out ${absent}. ${advice}`);
}

/** Both records of this clone; each takes milliseconds of every command's start. */
function readPackages() {
  return { locked: lockedPackages(ROOT), installed: installedPackages(ROOT) };
}

function missing(kinds, packages = readPackages()) {
  return notInstalled(wanted(kinds, packages.locked), packages);
}

function missingCompiled(packages = readPackages()) {
  const { locked } = packages;
  const paths = Object.keys(locked).filter((path) => COMPILED.test(path) && isForHere(locked[path]));
  return notInstalled(paths, packages);
}

function notInstalled(paths, { locked, installed }) {
  return paths.filter(
    (path) => installed[path]?.version !== locked[path].version || !existsSync(join(ROOT, path)),
  );
}

function isForHere({ os, cpu, libc }) {
  return (
    os?.includes(process.platform) && cpu?.includes(process.arch) && (!libc || libc.includes(libcHere()))
  );
}

function libcHere() {
  // Looking up the names of this machine's addresses would take seconds.
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
}

/** Paths of the packages of those kinds. Of optional ones the root's own: others are for other machines, or fail. */
function wanted(kinds, { "": root, ...locked } = lockedPackages(ROOT)) {
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
