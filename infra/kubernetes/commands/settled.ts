// Run by the stack's command resource: ends well only when the cluster runs what was asked for, with what was remarked.
// The path of this file stands in the state of every stack: moved, it would be run once more by each stack's next update.
import { text } from "node:stream/consumers";
import { programs } from "../programs.ts";

const { exitCode, stdout, stderr } = await programs.settled(await text(process.stdin));
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
