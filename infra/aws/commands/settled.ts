// Run by the stack's command resource: ends well only when the service is what was asked for, with what was remarked.
// The path of this file stands in the state of every stack: moved, it would be run once more by each stack's next update.
import { json } from "node:stream/consumers";
import { wordsOf } from "../clients.ts";
import { readRemarks, type WithLogs } from "../read-remarks.ts";
import { type Asked, settle } from "../settlement.ts";

try {
  const asked = (await json(process.stdin)) as Asked & WithLogs;
  const task = await settle(asked);
  // They are in CloudWatch: without them nothing is known, and nothing is wrong.
  const lines = task === undefined ? [] : await readRemarks(asked, task).catch(() => []);
  for (const line of lines) process.stdout.write(`${line}\n`);
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exitCode = 1;
}
