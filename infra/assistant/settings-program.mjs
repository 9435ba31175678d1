// @ts-check
// The program of the container that runs before the assistant's own: no one else can write to its state directory. It does
// what infra/docker/commands/write-settings.ts does through Docker. Its arguments: the file, Berth's settings as JSON, and,
// where the assistant has refused the file as it is, a name for that refusal. Each start of a task gives the same ones.
import { linkSync, lstatSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { editSettings, keptAside, newSettings } from "./edit-settings.mjs";
import { bytesOfText, textOfBytes } from "./settings-bytes.mjs";

/** Of what is read: settings are shorter by far. */
const LONGEST = 1024 * 1024;

const [named = "", ownedText = "", refused] = process.argv.slice(1);
/** @type {import("./merge-settings.mjs").Json} */
const owned = JSON.parse(ownedText);
/** The file itself. */
const file = followed(named);

const there = look(file);
const text = readText(file);
const wanted = text === undefined ? undefined : edited(text);
const copyOfRefused = `${named}.unreadable-${refused}`;
// What was refused is set aside once, under a name that says so.
const isRefused = refused !== undefined && !look(copyOfRefused);
if (!there) replace(newSettings(owned));
else if (wanted !== undefined && !isRefused) {
  if (wanted !== text) replace(wanted);
} else {
  const lastGood = readText(followed(`${named}.last-good`));
  const copy = isRefused ? copyOfRefused : `${named}.unreadable-${Date.now()}`;
  // A file stays in its place until the new one takes it: cut off in between, it is there.
  if (there.isFile()) linkSync(file, copy);
  else renameSync(file, copy);
  replace((lastGood === undefined ? undefined : edited(lastGood)) ?? newSettings(owned));
  console.log(keptAside(basename(copy)));
}

/** @param {string} content */
function replace(content) {
  const unfinished = `${file}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(unfinished, bytesOfText(content), { mode: 0o600, flag: "wx" });
  renameSync(unfinished, file);
}

/**
 * @param {string} before
 * @returns {string | undefined} undefined if it is no text of settings
 */
function edited(before) {
  try {
    return editSettings(before, owned);
  } catch {
    return undefined;
  }
}

/**
 * Where a link to another file of the state leads; any other link, and what is none, stands for itself.
 * @param {string} path
 */
function followed(path) {
  if (!look(path)?.isSymbolicLink()) return path;
  try {
    const state = realpathSync(dirname(path));
    const target = realpathSync(path);
    const isInside = target.startsWith(`${state}${sep}`) && look(target)?.isFile();
    return isInside ? join(dirname(path), target.slice(state.length)) : path;
  } catch {
    // It leads nowhere.
    return path;
  }
}

/**
 * Undefined if it is not a file, or too long a one.
 * @param {string} path
 */
function readText(path) {
  const found = look(path);
  return found?.isFile() && found.size <= LONGEST ? textOfBytes(readFileSync(path)) : undefined;
}

/** @param {string} path */
function look(path) {
  return lstatSync(path, { throwIfNoEntry: false });
}
