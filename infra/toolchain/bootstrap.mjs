// Start of every npm script: dependencies by lockfile, then Node 24 from the npm package `node`. Plain JavaScript
// that an old Node runs. Writes to stderr only: stdout belongs to the command.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { installDependencies, MODULES, NODE, ROOT } from "./dependencies.mjs";

const [entry = "", ...args] = process.argv.slice(2);
try {
  await installDependencies();
  run();
} catch (error) {
  fail(error.message);
}

/** Ends as the command ends: the same exit code, or the same signal. */
function run() {
  const child = spawn(NODE, [join(ROOT, entry), ...args], {
    stdio: "inherit",
    env: { ...process.env, PATH: [join(MODULES, ".bin"), process.env.PATH].join(delimiter) },
  });
  child.once("error", (error) => fail(`Node 24 could not be started: ${error.message}`));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    let isForwarded = false;
    // Once each: a terminal and npm both send the signal here, and a command may take a second one for impatience.
    process.on(signal, () => {
      if (!isForwarded) child.kill(signal);
      isForwarded = true;
    });
  }
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
