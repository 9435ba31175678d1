// The program of the task that carries an assistant's data out and in, as one text: see assistant/program-text.ts.
import { textOf } from "../assistant/program-text.ts";

/** Text for `node --input-type=module -e <text> <state folder>`. */
export const TRANSFER_PROGRAM = textOf(
  import.meta.url,
  "./transfer/exits.mjs",
  "./transfer/pieces.mjs",
  "./transfer/change-over.mjs",
  "./transfer/program.mjs",
);
