// npm in this clone: one process at a time, with its progress. Plain JavaScript that an old Node runs. Writes to
// stderr only: stdout belongs to the command.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OF_SETUP, wantedOf } from "./wanted-environment.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
// Outside of node_modules, which `npm ci` empties.
const LOCK = join(ROOT, ".npm-ci.lock");
const HEARTBEAT_MS = 10_000;

/** Does `work` unless it is done. Of several processes one does it and the others wait. */
export async function exclusively(isDone, work) {
  if (isDone()) return;
  const { lock } = await import("./lock.mjs");
  const release = await lock(
    LOCK,
    once((owner) => say(`waiting for process ${owner}, which installs them`)),
  );
  try {
    if (!isDone()) await work();
  } finally {
    await release();
  }
}

/** What a folder's lockfile lists, by path. */
export function lockedPackages(folder) {
  return JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")).packages;
}

/** What is in a folder's node_modules, by path. npm writes this record last: an interrupted npm leaves it as it was. */
export function installedPackages(folder) {
  const record = join(folder, "node_modules", ".package-lock.json");
  return existsSync(record) ? JSON.parse(readFileSync(record, "utf8")).packages : {};
}

/** Runs npm in a folder; install scripts get nothing of the installation. @param paths of the packages that it is to bring, for the progress */
export async function npm(what, args, { folder, paths }) {
  const startedAt = performance.now();
  const seconds = () => `${Math.round((performance.now() - startedAt) / 1000)} s`;
  const wanted = paths.map((path) => join(folder, path, "package.json"));
  const howFar = () => `${wanted.filter((path) => existsSync(path)).length} of ${wanted.length} packages`;
  // Left alone it would go on beside the one of the next command. Listened to before it starts: a signal in between
  // would end this process only.
  const end = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, end);
  say(`${what} (npm ${args[0]}) …`);
  const heartbeat = setInterval(() => say(`${what} … ${howFar()}, ${seconds()} so far`), HEARTBEAT_MS);
  // npm's own output goes to stderr.
  const options = ["--no-audit", "--no-fund", "--loglevel=error"];
  const env = wantedOf(process.env, OF_SETUP);
  const child = spawn("npm", [...args, ...options], { cwd: folder, env, stdio: ["ignore", 2, 2] });
  const code = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (status, signal) => resolve(status ?? signal));
  });
  clearInterval(heartbeat);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeListener(signal, end);
  const advice = "Its reason stands above. Mend it and run the same command again.";
  if (code !== 0) throw new Error(`${what} failed: npm ${args[0]} ended with ${code}. ${advice}`);
  say(`${what}: done in ${seconds()}`);
}

function say(text) {
  process.stderr.write(`berth: dependencies: ${text}\n`);
}

function once(report) {
  let isReported = false;
  return (value) => {
    if (!isReported) report(value);
    isReported = true;
  };
}
