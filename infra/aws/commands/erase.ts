// Run by the stack's command resource when a deployment is deleted, between its service and its access point.
// The path of this file stands in the state of every stack, and is run from there: moved, no stack made before could be deleted.
import { json } from "node:stream/consumers";
import { wordsOf } from "../clients.ts";
import { eraseStateDirectory } from "../state-directory.ts";

try {
  await eraseStateDirectory((await json(process.stdin)) as Parameters<typeof eraseStateDirectory>[0]);
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exitCode = 1;
}
