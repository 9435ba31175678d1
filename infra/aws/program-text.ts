// Programs that run inside a task, where none of Berth's files are: modules that can be read and checked by themselves, put
// together as one text.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

/** A package of one module without imports, as Node finds it here. */
const IMPORT_OF_PACKAGE = /^import (\{.*\}) from "(@.*)";$/gm;
const IMPORTS_OF_EACH_OTHER = /^import [^"]* from "\.{1,2}\/.*";\n/gm;

/** Text for `node --input-type=module -e <text> <arguments>`. */
export const SETTINGS_PROGRAM = textOf(
  "../assistant/merge-settings.mjs",
  "../assistant/remarks.mjs",
  "../assistant/settings-bytes.mjs",
  "../assistant/settings-tree.mjs",
  "../assistant/settings-layout.mjs",
  "../assistant/edit-settings.mjs",
  "./settings-program.mjs",
);

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
  return texts
    .map((text) => text.replaceAll(IMPORTS_OF_EACH_OTHER, "").replaceAll(IMPORT_OF_PACKAGE, packed))
    .join("\n");
}

/** Compressed: a task definition has 64 KiB. Brotli's result does not depend on the machine. */
function packed(_import: string, names: string, packageName: string): string {
  const text = readFileSync(fileURLToPath(import.meta.resolve(packageName)));
  const unpacked = `brotliDecompressSync(Buffer.from("${brotliCompressSync(text).toString("base64")}", "base64"))`;
  return `import { brotliDecompressSync } from "node:zlib";
const ${names} = await import("data:text/javascript;base64," + ${unpacked}.toString("base64"));`;
}
