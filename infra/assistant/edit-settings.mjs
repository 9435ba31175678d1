// @ts-check
// Berth's keys written into the text of openclaw.json, which is JSON5: all else in it stays as it is, comments, numbers of
// any length and line ends included. Plain JavaScript: on AWS its text runs inside the assistant's task.
import { isDeepStrictEqual } from "node:util";
import { mergeSettings } from "./merge-settings.mjs";
import { remarkLine } from "./remarks.mjs";
import { append, commaAfter, indentOf, isOnOwnLine, isRecord, printed, spanOf } from "./settings-layout.mjs";
import { readNode, treeOf } from "./settings-tree.mjs";

/** @typedef {import("./merge-settings.mjs").Json} Json */
/** @typedef {import("@humanwhocodes/momoa").ValueNode} ValueNode */
/** @typedef {import("@humanwhocodes/momoa").ObjectNode} ObjectNode */
/** @typedef {import("@humanwhocodes/momoa").MemberNode} MemberNode */
/** @typedef {import("./settings-layout.mjs").Edit} Edit */
/** @typedef {import("./settings-layout.mjs").Sheet} Sheet */

/**
 * The settings that a text says; undefined if it is none of settings.
 * @param {string} text
 * @returns {Json | undefined}
 */
export function readSettings(text) {
  try {
    const settings = readNode(treeOf(text));
    return isRecord(settings) ? settings : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The text of a file where there is none yet.
 * @param {Json} owned as of mergeSettings
 */
export function newSettings(owned) {
  return `${JSON.stringify(mergeSettings({}, owned), null, 2)}\n`;
}

/**
 * What is remarked of a file that could not be used.
 * @param {string} copy its name now
 */
export function keptAside(copy) {
  const message = `The assistant's openclaw.json could not be used. It is kept as ${copy} beside a new one: without its settings, or with the last that the assistant has accepted. Redeploy ends this warning.`;
  return remarkLine({ code: "SETTINGS_SET_ASIDE", message });
}

/**
 * The text with Berth's keys in it: the very same if it has them.
 * @param {string} text of settings
 * @param {Json} owned as of mergeSettings
 * @returns {string}
 * @throws Error when the text can't be edited
 */
export function editSettings(text, owned) {
  const current = readSettings(text);
  if (!current) throw new Error("This is no text of settings.");
  const wanted = mergeSettings(current, owned);
  if (isDeepStrictEqual(current, wanted)) return text;
  // Each on the text of the one before: commas that go and commas that come don't meet.
  const edited = [remove, write].reduce((before, act) => editOnce(before, wanted, act), text);
  if (!isDeepStrictEqual(readSettings(edited), wanted))
    throw new Error("The edit did not come out as meant.");
  return edited;
}

/**
 * @param {string} text
 * @param {Json} wanted
 * @param {(sheet: Sheet, node: ValueNode, wanted: unknown) => void} act
 */
function editOnce(text, wanted, act) {
  const { body, tokens = [] } = treeOf(text);
  const [first] = body.type === "Object" ? body.members : [];
  const indent = first && isOnOwnLine(text, first) ? indentOf(text, spanOf(first).from) : "";
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  /** @type {Sheet} */
  const sheet = { text, tokens, eol, unit: indent === "" ? "  " : indent, edits: [] };
  act(sheet, body, wanted);
  const pieces = [];
  let at = 0;
  // Of those at one place the first comes first.
  for (const { from, to, text: piece } of sheet.edits.toSorted((a, b) => a.from - b.from)) {
    pieces.push(text.slice(at, from), piece);
    at = to;
  }
  return pieces.join("") + text.slice(at);
}

/**
 * Removes the members that are not wanted. What is not an object has none.
 * @param {Sheet} sheet
 * @param {ValueNode} node
 * @param {unknown} wanted
 */
function remove(sheet, node, wanted) {
  if (node.type !== "Object" || !isRecord(wanted)) return;
  const isKept = (/** @type {MemberNode} */ member) => Object.hasOwn(wanted, nameOf(member));
  for (const member of node.members) {
    if (!isKept(member)) sheet.edits.push(...withoutMember(sheet, member));
  }
  for (const member of membersOf(node).values())
    if (isKept(member)) remove(sheet, member.value, wanted[nameOf(member)]);
  const kept = node.members.findLast(isKept);
  const last = node.members.at(-1);
  // Plain JSON takes no comma after the last one.
  if (!kept || !last || kept === last || commaAfter(sheet, last)) return;
  const comma = commaAfter(sheet, kept);
  if (comma) sheet.edits.push({ ...spanOf(comma), text: "" });
}

/**
 * @param {Sheet} sheet
 * @param {MemberNode} member
 * @returns {Edit[]} its own and its comma's; of lines that would be left empty nothing stays
 */
function withoutMember(sheet, member) {
  const { text } = sheet;
  const span = spanOf(member);
  const comma = commaAfter(sheet, member);
  const commaSpan = comma && spanOf(comma);
  const isNext = commaSpan && text.slice(span.to, commaSpan.from).trim() === "";
  const to = isNext ? commaSpan.to : span.to;
  const others = commaSpan && !isNext ? [{ ...commaSpan, text: "" }] : [];
  const after = /^[ \t]*\r?\n/.exec(text.slice(to));
  if (!isOnOwnLine(text, member) || !after) return [{ from: span.from, to, text: "" }, ...others];
  const from = span.from - indentOf(text, span.from).length;
  return [{ from, to: to + after[0].length, text: "" }, ...others];
}

/**
 * Writes what is wanted where something else stands, or nothing. What the text says already is not touched.
 * @param {Sheet} sheet
 * @param {ValueNode} node
 * @param {unknown} wanted
 */
function write(sheet, node, wanted) {
  const current = readNode(node);
  if (isDeepStrictEqual(current, wanted)) return;
  if (node.type === "Object" && isRecord(wanted) && isRecord(current)) {
    for (const [name, { value }] of membersOf(node)) write(sheet, value, wanted[name]);
    const missing = Object.entries(wanted).filter(([name]) => !Object.hasOwn(current, name));
    append(
      sheet,
      node,
      node.members,
      missing,
      ([name, value], print) => `${JSON.stringify(name)}: ${print(value)}`,
    );
  } else if (node.type === "Array" && Array.isArray(wanted) && wanted.length >= node.elements.length) {
    for (const [index, { value }] of node.elements.entries()) write(sheet, value, wanted[index]);
    const values = node.elements.map(({ value }) => value);
    append(sheet, node, values, wanted.slice(node.elements.length), (value, print) => print(value));
  } else {
    const { from, to } = spanOf(node);
    sheet.edits.push({ from, to, text: printed(sheet, wanted, indentOf(sheet.text, from)) });
  }
}

/** @param {MemberNode} member */
function nameOf({ name }) {
  return name.type === "String" ? name.value : name.name;
}

/**
 * Its members by name: of those with one name the last one counts.
 * @param {ObjectNode} node
 * @returns {ReadonlyMap<string, MemberNode>}
 */
function membersOf(node) {
  return new Map(node.members.map((member) => [nameOf(member), member]));
}
