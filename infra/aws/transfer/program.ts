// The text of the program in program.mjs, and what its ends mean.
import { readFileSync } from "node:fs";
import { inPieces } from "./pieces.ts";

/** What it exits with where Berth has words for it. */
export const EXITS = {
  refused: 10,
  unreachable: 11,
  tooLarge: 12,
  notUnpacked: 13,
  noTar: 14,
  changed: 15,
} as const;

/** Is added to them where nothing was replaced. More than 128 would be signals. */
export const UNTOUCHED = 100;

/** Text for `node --input-type=module -e <text> <state folder>`. */
export const TRANSFER_PROGRAM = [
  `const EXITS = ${JSON.stringify(EXITS)}, UNTOUCHED = ${UNTOUCHED};`,
  inPieces.toString(),
  readFileSync(new URL("./program.mjs", import.meta.url), "utf8"),
].join("\n");
