// The dependencies of this clone, as package-lock.json has them, and Node 24 among them. Plain JavaScript that an old
// Node runs. Writes to stderr only.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const MODULES = join(ROOT, "node_modules");
export const NODE = join(MODULES, ".bin", "node");
/** Written after everything else, so an interrupted installation has none and is done again. */
const MARK = join(MODULES, ".berth-installed");
// Outside of node_modules, which `npm ci` empties.
const LOCK = join(ROOT, ".npm-ci.lock");
const HEARTBEAT_MS = 10_000;

/** Installs what is missing; npm and install scripts get `environment` alone. Throws an Error that says what to do. */
export async function installDependencies(environment) {
  if (isInstalled()) return;
  const { lock } = await import("./lock.mjs");
  const release = await lock(
    LOCK,
    once((owner) => say(`waiting for process ${owner}, which installs them`)),
  );
  try {
    if (isInstalled()) return;
    if (!isByLockfile())
      await npm("installing", ["ci", "--include=dev", "--no-audit", "--no-fund"], environment);
    // An npm that runs no install scripts unasked leaves the package `node` without its program.
    if (!existsSync(NODE))
      await npm("getting Node 24", ["rebuild", "node", "--ignore-scripts=false"], environment);
    if (!existsSync(NODE)) throw new Error("npm package `node` has no program. Run: npm rebuild node");
    writeFileSync(MARK, lockfileHash());
  } finally {
    await release();
  }
}

function isInstalled() {
  return existsSync(NODE) && existsSync(MARK) && readFileSync(MARK, "utf8") === lockfileHash();
}

function lockfileHash() {
  return createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
}

/** Whether somebody ran `npm ci` by hand: npm's own record of what it has installed is the last that it writes. */
function isByLockfile() {
  const record = join(MODULES, ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = packages(record);
  return Object.entries(packages(join(ROOT, "package-lock.json"))).every(
    ([path, { version, optional }]) => !path || optional || installed[path]?.version === version,
  );
}

function packages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

async function npm(what, args, env) {
  const startedAt = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  const wanted = Object.entries(packages(join(ROOT, "package-lock.json")))
    .filter(([path, { optional }]) => path && !optional)
    .map(([path]) => join(ROOT, path, "package.json"));
  const howFar = () => `${wanted.filter((path) => existsSync(path)).length} of ${wanted.length} packages`;
  say(`${what} (npm ${args[0]}) …`);
  const heartbeat = setInterval(() => say(`${what} … ${howFar()}, ${seconds()} so far`), HEARTBEAT_MS);
  // npm's own output goes to stderr: stdout belongs to the command.
  const child = spawn("npm", [...args, "--loglevel=error"], { cwd: ROOT, env, stdio: ["ignore", 2, 2] });
  // Left alone it would go on beside the one of the next command.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (status, signal) => resolve(status ?? signal));
  });
  clearInterval(heartbeat);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
  const advice = "Its reason stands above. Mend it and run the same command again.";
  if (code !== 0) throw new Error(`${what} failed: npm ${args[0]} ended with ${code}. ${advice}`);
  say(`${what}: done in ${seconds()}`);
}

function say(text) {
  process.stderr.write(`berth: dependencies: ${text}\n`);
}

function once(tell) {
  let isTold = false;
  return (value) => {
    if (!isTold) tell(value);
    isTold = true;
  };
}
