// What runs in the container of a rehearsal in place of OpenClaw: it answers the readiness probe once it can read what it
// is handed and write its data, as the user that assistants have.
import { ASSISTANT_PORT, STATE_PATH } from "../assistant/image-contract.ts";
import { HANDED_PATH } from "../assistant/openclaw.ts";

/** Says on its log what it can't do: that is part of the failed probe's report. */
const PROGRAM = `
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { createServer } = require("node:http");
let status = "starting";
try {
  const names = readdirSync("${HANDED_PATH}").filter((name) => name.endsWith(".json"));
  if (names.length === 0) throw new Error("nothing was handed over");
  for (const name of names) readFileSync("${HANDED_PATH}/" + name);
  readFileSync("${STATE_PATH}/openclaw.json");
  writeFileSync("${STATE_PATH}/rehearsal", "");
  status = "started";
} catch (error) {
  console.error("Rehearsal: " + error.message);
}
createServer((request, response) => {
  response.statusCode = status === "started" ? 200 : 503;
  response.end(JSON.stringify({ status }));
}).listen(${ASSISTANT_PORT}, "0.0.0.0");
`;

/** Takes the place of the image's own command: every assistant's image has Node. */
export const REHEARSAL_COMMAND = { entrypoints: ["node"], command: ["-e", PROGRAM] };
