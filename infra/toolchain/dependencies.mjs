// The dependencies of this clone, as package-lock.json has them: those of every server and, only for what needs them,
// the kinds `dev` (tests and checks) and `optional` (a target's SDK). Plain JavaScript that an old Node runs.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exclusively, installedPackages, lockedPackages, npm, ROOT } from "./npm.mjs";

/** What builds the dashboard, for tests, has a compiled part for each kind of machine. For npm all of them are optional. */
const COMPILED = /^node_modules\/(?:@rolldown\/binding-|lightningcss-)/;

/**
 * Installs the dependencies that are missing in this clone. What is there beside them stays, also where the lockfile has changed.
 * @param {readonly ("dev" | "optional")[]} kinds beside those of every server; of `optional` ones all
 * @param {readonly string[]} beginnings of names: of `optional` ones those alone
 * @returns {Promise<void>}
 * @throws Error that says what to do
 */
export async function installDependencies(kinds = [], beginnings = []) {
  const isInstalled = () => {
    const packages = readPackages();
    return (
      missing({ kinds, beginnings }, packages).length === 0 && missingCompiled(kinds, packages).length === 0
    );
  };
  await exclusively(isInstalled, async () => {
    const withDev = kinds.includes("dev") || isThere("dev");
    const dev = `--${withDev ? "include" : "omit"}=dev`;
    // Of an earlier lockfile, too: they stay, in their new version.
    const names = [...new Set([...optionalNames(kinds, beginnings), ...optionalThere()])];
    const chosen = { kinds: kinds.filter((kind) => kind === "dev"), beginnings: names };
    if (missing({}).length > 0) await installBase(dev, names);
    if (missing(chosen).length > 0 || (names.length > 0 && missingCompiled(kinds).length > 0))
      await add(chosen, dev);
    await installCompiled(kinds, dev);
  });
}

/** `npm ci` begins by removing everything, also from under a server that runs. */
async function installBase(dev, names) {
  const isAll = names.length === allOptional().length;
  const optional = `--${isAll ? "include" : "omit"}=optional`;
  await npm("installing", ["ci", dev, optional], { folder: ROOT, paths: wanted({}) });
  assertNone("installing", missing({}));
}

/** npm has no word for some of the optional ones: the others are removed from what it is to install. */
async function add(chosen, dev) {
  const { kinds, beginnings: names } = chosen;
  const others = allOptional().filter((name) => !names.includes(name));
  const isAny = names.length > 0;
  const command = isAny && others.length > 0 ? ["uninstall", ...others] : ["install"];
  const added = [
    ...(missing({ kinds }).length > 0 ? ["what tests and checks need"] : []),
    ...(missing({ beginnings: names }).length > 0 ? ["what this target needs"] : []),
  ];
  const what = `adding ${added.join(" and ") || "what builds the dashboard"}`;
  const optional = `--${isAny ? "include" : "omit"}=optional`;
  await npm(what, [...command, "--no-save", dev, optional], { folder: ROOT, paths: wanted(chosen) });
  // npm passes over an optional package that it can't get, and succeeds.
  assertNone(what, missing(chosen));
}

/** By their names: npm leaves them out together with a target's SDK. */
async function installCompiled(kinds, dev) {
  const absent = missingCompiled(kinds);
  if (absent.length === 0) return;
  const locked = lockedPackages(ROOT);
  const named = absent.map((path) => `${path.slice("node_modules/".length)}@${locked[path].version}`);
  const what = "adding what builds the dashboard";
  await npm(what, ["install", "--no-save", dev, "--omit=optional", ...named], {
    folder: ROOT,
    paths: absent,
  });
  assertNone(what, missingCompiled(kinds));
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

function missing(chosen, packages = readPackages()) {
  return notInstalled(wanted(chosen, packages.locked), packages);
}

/** Of a server none is. */
function missingCompiled(kinds, packages = readPackages()) {
  if (!kinds.includes("dev") && !isThere("dev", packages)) return [];
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
function wanted({ kinds = [], beginnings = [] }, { "": _root, ...locked } = lockedPackages(ROOT)) {
  const isNeeded = ({ dev, devOptional, optional }) =>
    !optional && (kinds.includes("dev") || !(dev || devOptional));
  return [
    ...Object.keys(locked).filter((path) => isNeeded(locked[path])),
    ...optionalNames(kinds, beginnings).map((name) => `node_modules/${name}`),
  ];
}

function optionalNames(kinds, beginnings) {
  const isWanted = (name) => beginnings.some((beginning) => name.startsWith(beginning));
  return allOptional().filter((name) => kinds.includes("optional") || isWanted(name));
}

function allOptional() {
  return Object.keys(lockedPackages(ROOT)[""].optionalDependencies ?? {});
}

function optionalThere() {
  const installed = installedPackages(ROOT);
  return allOptional().filter((name) => installed[`node_modules/${name}`]);
}

function isThere(kind, { installed } = readPackages()) {
  return Object.values(installed).some((entry) => entry[kind]);
}
