// @ts-check
// The program of the container that runs before the assistant's own: no one else can write to its state directory. It does
// what infra/docker/commands/write-settings.ts does through Docker. Its arguments: the file, Berth's settings as JSON, and,
// where the assistant has refused the file as it is, a name for that refusal. Each start of a task gives the same ones.
import { linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { mergeSettings } from "../assistant/merge-settings.mjs";

/** @typedef {import("../assistant/merge-settings.mjs").Json} Json */

/** Of what is read: settings are shorter by far. */
const LONGEST = 1024 * 1024;
/** Reads a text that is no plain JSON. OpenClaw's own, where the image works. */
const parseJson5 = json5();

const [file = "", ownedText = "", refused] = process.argv.slice(1);
/** @type {Json} */
const owned = JSON.parse(ownedText);

const there = look(file);
const present = readSettings(file);
const copyOfRefused = `${file}.unreadable-${refused}`;
// What was refused is set aside once, under a name that says so.
const isRefused = refused !== undefined && !look(copyOfRefused);
if (!there) replace({});
else if (present && !isRefused) {
  if (!isDeepStrictEqual(mergeSettings(present, owned), present)) replace(present);
} else {
  const lastGood = readSettings(`${file}.last-good`) ?? {};
  const copy = isRefused ? copyOfRefused : `${file}.unreadable-${Date.now()}`;
  // A file stays in its place until the new one takes it: cut off in between, it is there.
  if (there.isFile()) linkSync(file, copy);
  else renameSync(file, copy);
  replace(lastGood);
  console.log(`openclaw.json could not be used. It was kept as ${copy} and written anew.`);
}

/** @param {Json} settings */
function replace(settings) {
  const unfinished = `${file}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const text = `${JSON.stringify(mergeSettings(settings, owned), null, 2)}\n`;
  writeFileSync(unfinished, text, { mode: 0o600, flag: "wx" });
  renameSync(unfinished, file);
}

/**
 * Undefined if it is not a file of settings. A link is not followed.
 * @param {string} path
 * @returns {Json | undefined}
 */
function readSettings(path) {
  const found = look(path);
  if (!found?.isFile() || found.size > LONGEST) return undefined;
  const text = readFileSync(path, "utf8");
  for (const parse of [JSON.parse, parseJson5]) {
    try {
      const parsed = parse(text);
      if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
    } catch {
      // Another form, or none.
    }
  }
  return undefined;
}

/** @param {string} path */
function look(path) {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** @returns {(text: string) => unknown} */
function json5() {
  try {
    return createRequire(`${process.cwd()}/`)("json5").parse;
  } catch {
    return JSON.parse;
  }
}
