// The program of the container that runs before the assistant's own: no one else can write to its state directory. It does
// what infra/docker/commands/write-settings.ts does through Docker.
import type * as FileSystem from "node:fs";
import type { isDeepStrictEqual } from "node:util";
import { type Json, mergeSettings } from "../assistant/merge-settings.ts";

/** Of what is read: settings are shorter by far. */
const LONGEST = 1024 * 1024;

interface Tools {
  readonly fs: typeof FileSystem;
  readonly isDeepStrictEqual: typeof isDeepStrictEqual;
  readonly mergeSettings: typeof mergeSettings;
  /** The forms that settings may have. */
  readonly parsers: readonly ((text: string) => unknown)[];
  readonly longest: number;
}

/**
 * Whole in itself, with readSettings, as its text runs inside the task. Each start of a task calls it with the same
 * arguments: what was refused is set aside once, under a name that says so.
 */
function writeSettings(tools: Tools, file: string, owned: Json, refused: string | undefined): void {
  const { fs, isDeepStrictEqual, mergeSettings } = tools;
  const look = (path: string) => fs.lstatSync(path, { throwIfNoEntry: false });
  const replace = (settings: Json) => {
    const unfinished = `${file}.new`;
    fs.rmSync(unfinished, { recursive: true, force: true });
    const text = `${JSON.stringify(mergeSettings(settings, owned), null, 2)}\n`;
    fs.writeFileSync(unfinished, text, { mode: 0o600, flag: "wx" });
    fs.renameSync(unfinished, file);
  };

  const there = look(file);
  const present = readSettings(tools, file);
  const copyOfRefused = `${file}.unreadable-${refused}`;
  const isRefused = refused !== undefined && !look(copyOfRefused);
  if (!there) replace({});
  else if (present && !isRefused) {
    if (!isDeepStrictEqual(mergeSettings(present, owned), present)) replace(present);
  } else {
    const lastGood = readSettings(tools, `${file}.last-good`) ?? {};
    const copy = isRefused ? copyOfRefused : `${file}.unreadable-${Date.now()}`;
    // A file stays in its place until the new one takes it: cut off in between, it is there.
    if (there.isFile()) fs.linkSync(file, copy);
    else fs.renameSync(file, copy);
    replace(lastGood);
    console.log(`openclaw.json could not be used. It was kept as ${copy} and written anew.`);
  }
}

/** Undefined if it is not a file of settings. A link is not followed. */
function readSettings({ fs, parsers, longest }: Tools, path: string): Json | undefined {
  const found = fs.lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > longest) return undefined;
  const text = fs.readFileSync(path, "utf8");
  for (const parse of parsers) {
    try {
      const parsed = parse(text);
      if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as Json;
    } catch {
      // Another form, or none.
    }
  }
  return undefined;
}

/** Text for `node --input-type=module -e <text> <file> <settings as JSON> [<what was refused>]`. */
export const SETTINGS_SCRIPT = `
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
${mergeSettings}
${writeSettings}
${readSettings}
const parsers = [JSON.parse];
try {
  // OpenClaw's own, where the image works. Without it settings are plain JSON.
  parsers.push(createRequire(process.cwd() + "/")("json5").parse);
} catch {}
const [file, owned, refused] = process.argv.slice(1);
writeSettings({ fs, isDeepStrictEqual, mergeSettings, parsers, longest: ${LONGEST} }, file, JSON.parse(owned), refused);
`.trim();
