// Run by the stack's command resource: ends well only when the service is what was asked for.
// The path of this file stands in the state of every stack: moved, it would be run once more by each stack's next update.
import { json } from "node:stream/consumers";
import { wordsOf } from "../clients.ts";
import { type Asked, settle } from "../settlement.ts";

try {
  await settle((await json(process.stdin)) as Asked);
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exitCode = 1;
}
