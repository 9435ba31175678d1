// Hands an assistant what it reads, run by the stack's command resource before the container starts.
// The path of this file stands in the state of every stack: moved, it would be run once more by each stack's next update.
import { text } from "node:stream/consumers";
import { endWithSentence } from "../../sentences.ts";
import { programs } from "../programs.ts";

endWithSentence();
const { exitCode, stdout, stderr } = await programs["write-settings"](await text(process.stdin));
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
