// Readiness probe, run by the stack's command resource: exits 0 once the assistant says it has started.
// The path of this file stands in the state of every stack: moved, it would be run once more by each stack's next update.
import { text } from "node:stream/consumers";
import { errorSentence } from "../../sentences.ts";
import { programs } from "../programs.ts";

try {
  const { stdout } = await programs.probe(await text(process.stdin));
  process.stdout.write(stdout);
} catch (error) {
  process.stderr.write(`${errorSentence(error)}\n`);
  process.exit(1);
}
