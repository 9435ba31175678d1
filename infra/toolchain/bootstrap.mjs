// Start of every npm script: dependencies by lockfile, then the command by a Node that runs it. Plain JavaScript that
// an old Node runs. Writes to stderr only: stdout belongs to the command.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { installDependencies } from "./dependencies.mjs";
import { findNode, SERVER_FLAGS, withNode } from "./node.mjs";
import { ROOT } from "./npm.mjs";

const [entry = "", ...args] = process.argv.slice(2);
/** Tests are of every target. A server's set-up adds what its target needs. */
const kinds = entry.startsWith("test/") ? ["dev", "optional"] : [];
const flags = entry === "api/main.ts" ? SERVER_FLAGS : [];
/** What Node has compiled, as the environment of operations has it: a command starts in two thirds of the time. */
const COMPILED = join(ROOT, "node_modules/.cache/node");
// Modes are set where they matter; what else is made (packages, images) is for the users of containers to read.
process.umask(0o022);
try {
  assertPathCanHold(ROOT);
  const node = await findNode();
  await installDependencies(kinds);
  run(node);
} catch (error) {
  fail(error.message);
}

/** With NODE_USE_ENV_PROXY Node would ask a proxy for what is on this machine: assistants, and the running server. */
function withLoopbackDirect(environment) {
  const { NO_PROXY, no_proxy } = environment;
  const direct = [no_proxy || NO_PROXY, "localhost,127.0.0.1,::1"].filter(Boolean).join(",");
  return environment.NODE_USE_ENV_PROXY
    ? { ...environment, NO_PROXY: direct, no_proxy: direct }
    : environment;
}

/** Programs of this folder are found by PATH, which has no way to write its own delimiter. */
function assertPathCanHold(folder) {
  const odd = [delimiter, "\ufffd"].find((text) => folder.includes(text));
  if (odd === undefined) return;
  throw new Error(
    `The folder ${JSON.stringify(folder)} has ${JSON.stringify(odd)} in its path, which PATH can't hold. Move Berth.`,
  );
}

/** Ends as the command ends: the same exit code, or the same signal. */
function run(node) {
  const path = [join(ROOT, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  // Listened to before the command starts: a signal in between would end this process only.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    let isForwarded = false;
    // Once each: a terminal and npm both send the signal here, and a command may take a second one for impatience.
    process.on(signal, () => {
      if (!isForwarded) child.kill(signal);
      isForwarded = true;
    });
  }
  const child = spawn(node, [...flags, join(ROOT, entry), ...args], {
    stdio: "inherit",
    env: { NODE_COMPILE_CACHE: COMPILED, ...withLoopbackDirect(process.env), PATH: withNode(node, path) },
  });
  child.once("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.once("exit", (code, signal) => {
    if (!signal) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(sentence) {
  process.stderr.write(`berth: ${sentence}\n`);
  process.exit(1);
}
