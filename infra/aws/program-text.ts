// Programs that run inside a task, where none of Berth's files are: modules that can be read and checked by themselves, put
// together as one text.
import { readFileSync } from "node:fs";

const IMPORTS_OF_EACH_OTHER = /^import .* from "\.{1,2}\/.*";\n/gm;

/** Text for `node --input-type=module -e <text> <arguments>`. */
export const SETTINGS_PROGRAM = textOf("../assistant/merge-settings.mjs", "./settings-program.mjs");

/** Text for `node --input-type=module -e <text> <state folder>`. */
export const TRANSFER_PROGRAM = textOf(
  "./transfer/exits.mjs",
  "./transfer/pieces.mjs",
  "./transfer/change-over.mjs",
  "./transfer/program.mjs",
);

/** @param modules each after those that it imports; no two of them may declare the same name */
function textOf(...modules: readonly string[]): string {
  const texts = modules.map((path) => readFileSync(new URL(path, import.meta.url), "utf8"));
  return texts.map((text) => text.replaceAll(IMPORTS_OF_EACH_OTHER, "")).join("\n");
}
