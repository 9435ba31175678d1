// Readiness probe, run by the stack's command resource: exits 0 once the assistant says it has started.
import { json } from "node:stream/consumers";
import { limitProcesses } from "./limit-processes.ts";
import { containerOf, type Probe, untilStarted } from "./started.ts";

const probe = (await json(process.stdin)) as Probe & { readonly hasOwnRuntime: boolean };

try {
  // The first thing of all: until then nothing but its memory bounds how often an assistant forks.
  await limitProcesses(probe.container).catch(goOnWithoutLimit);
  await untilStarted(probe);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

/** A sandbox may refuse; then its own kernel is what is filled, not the host's. */
async function goOnWithoutLimit(error: Error): Promise<void> {
  // One that ended at once can't be limited either: why it ended is told below.
  if (!(await (await containerOf(probe)).inspect()).State.Running) return;
  if (!probe.hasOwnRuntime) throw new Error(`Its processes could not be limited (${error.message}).`);
  process.stdout.write(`This runtime does not let the number of processes be limited: ${error.message}\n`);
}
