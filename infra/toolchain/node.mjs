// Which Node runs Berth: the machine's, or Node 24 from npm where that one is too old. Plain
// JavaScript that an old Node runs.
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { exclusively, installedPackages, lockedPackages, npm } from "./npm.mjs";

/**
 * Has a lockfile of its own, with a checksum for each machine's program: npm has no way to install one package of a
 * lockfile and leave out the others.
 */
const FOLDER = fileURLToPath(new URL("./node/", import.meta.url));
const PACKAGE = `node_modules/node-${process.platform}-${process.arch}`;
const FETCHED = join(FOLDER, PACKAGE, "bin", "node");

/**
 * Flags of the server's Node. The packets of a busy model gateway count against the room that V8 gives old objects: with
 * V8's own limits it looks through all of them again and again, for half of the gateway's CPU (docs/measurements.md).
 */
export const SERVER_FLAGS = ["--initial-old-space-size=128", "--max-semi-space-size=16"];

/**
 * Whether that Node runs TypeScript without a flag or a warning (22.18, 24.3), and has what the tests call of it.
 * @param {string} version as `24.5.0`
 */
export function runsBerth(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 19);
}

/**
 * Path of the Node that runs Berth: this process's, or the fetched one.
 * @returns {Promise<string>}
 * @throws Error that says what to do
 */
export async function findNode() {
  return runsBerth(process.versions.node) ? process.execPath : fetchNode();
}

/**
 * Path of Node 24 from npm, for what needs that very one, or a program that needs no library that a Linux lacks. Installs
 * it if it is missing.
 * @returns {Promise<string>}
 * @throws Error that says what to do
 */
export async function fetchNode() {
  const wanted = lockedPackages(FOLDER)[PACKAGE];
  if (!wanted)
    throw new Error(
      `There is no Node for ${process.platform} ${process.arch} here. Install Node 24 by hand.`,
    );
  const isThere = () => installedPackages(FOLDER)[PACKAGE]?.version === wanted.version && existsSync(FETCHED);
  await exclusively(isThere, async () => {
    await npm("getting Node 24", ["ci"], { folder: FOLDER, paths: [PACKAGE] });
    // npm passes over an optional package that it can't get, and succeeds.
    if (!isThere()) throw new Error("Node 24 can't be had from npm. Check that its registry can be reached.");
  });
  return FETCHED;
}

/**
 * PATH on which `node` is that program. Its folder precedes the others only if another `node` would be found.
 * @param {string} node
 * @param {string} path
 */
export function withNode(node, path) {
  const folders = path.split(delimiter).filter(Boolean);
  const found = folders.map((folder) => join(folder, "node")).find(isExecutable);
  const isSame = found !== undefined && realpathSync(found) === realpathSync(node);
  return (isSame ? folders : [dirname(node), ...folders]).join(delimiter);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
