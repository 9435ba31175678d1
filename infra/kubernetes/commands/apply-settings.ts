// Run by the stack's command resource, before its set changes: a pod that runs takes its new settings, if it can.
// The path of this file stands in the state of every stack: moved, it would be run once more by each stack's next update.
import { text } from "node:stream/consumers";
import { programs } from "../programs.ts";

const { exitCode, stdout, stderr } = await programs["apply-settings"](await text(process.stdin));
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
