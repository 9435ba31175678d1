// The program of the container that runs before the assistant's own: no one else can write to its state directory.
import { mergeSettings } from "../merge-settings.ts";

/** Text for `node --input-type=module -e <text> <file> <settings as JSON>`. */
export const SETTINGS_SCRIPT = `
import { readFileSync, renameSync, writeFileSync } from "node:fs";
${mergeSettings}
const [file, owned] = process.argv.slice(1);
let current = {};
try {
  const parsed = JSON.parse(readFileSync(file, "utf8"));
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) current = parsed;
} catch (error) {
  if (error instanceof SyntaxError) renameSync(file, file + ".unreadable-" + Date.now());
  else if (error.code !== "ENOENT") throw error;
}
const text = JSON.stringify(mergeSettings(current, JSON.parse(owned)), null, 2) + "\\n";
writeFileSync(file + ".new", text, { mode: 0o600 });
renameSync(file + ".new", file);
`.trim();
