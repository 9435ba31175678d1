// Programs that run inside an assistant's container, where none of Berth's files are: modules that can be read and checked by
// themselves, put together as one text.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

/** A package of one module without imports, as Node finds it here. */
const IMPORT_OF_PACKAGE = /^import (\{.*\}) from "(@.*)";$/gm;
const IMPORTS_OF_EACH_OTHER = /^import [^"]* from "\.{1,2}\/.*";\n/gm;

/** Text for `node --input-type=module -e <text> <arguments>`: see settings-program.mjs. */
export const SETTINGS_PROGRAM = textOf(
  import.meta.url,
  "./merge-settings.mjs",
  "./remarks.mjs",
  "./settings-bytes.mjs",
  "./settings-tree.mjs",
  "./settings-layout.mjs",
  "./edit-settings.mjs",
  "./settings-program.mjs",
);

/**
 * One text of several modules.
 * @param base URL of the file that names them
 * @param modules each after those that it imports; no two of them may declare the same name
 */
export function textOf(base: string, ...modules: readonly string[]): string {
  const texts = modules.map((path) => readFileSync(new URL(path, base), "utf8"));
  return texts
    .map((text) => text.replaceAll(IMPORTS_OF_EACH_OTHER, "").replaceAll(IMPORT_OF_PACKAGE, packed))
    .join("\n");
}

/** Compressed: a task definition of AWS has 64 KiB. Brotli's result does not depend on the machine. */
function packed(_import: string, names: string, packageName: string): string {
  const text = readFileSync(fileURLToPath(import.meta.resolve(packageName)));
  const unpacked = `brotliDecompressSync(Buffer.from("${brotliCompressSync(text).toString("base64")}", "base64"))`;
  return `import { brotliDecompressSync } from "node:zlib";
const ${names} = await import("data:text/javascript;base64," + ${unpacked}.toString("base64"));`;
}
