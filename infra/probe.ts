// Readiness probe, run by the stack's command resource: exits 0 once the assistant says it has started.
import { json } from "node:stream/consumers";
import { type Probe, untilStarted } from "./started.ts";

try {
  await untilStarted((await json(process.stdin)) as Probe);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
