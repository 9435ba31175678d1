// Run by the stack's command resource: ends well only when the service is what was asked for.
import { json } from "node:stream/consumers";
import { wordsOf } from "../clients.ts";
import { type Asked, settle } from "../settlement.ts";

try {
  await settle((await json(process.stdin)) as Asked);
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exitCode = 1;
}
