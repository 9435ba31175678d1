// @ts-check
// Where things stand in the text of openclaw.json, and what is written into it spelled as its surroundings are.
// Plain JavaScript: on AWS its text runs inside the assistant's task.

/** @typedef {import("@humanwhocodes/momoa").ObjectNode} ObjectNode */
/** @typedef {import("@humanwhocodes/momoa").ArrayNode} ArrayNode */
/** @typedef {import("@humanwhocodes/momoa").Token} Token */
/** @typedef {{ readonly range?: [number, number] }} Ranged */
/** @typedef {{ from: number, to: number, text: string }} Edit */
/** @typedef {{ text: string, tokens: readonly Token[], eol: string, unit: string, edits: Edit[] }} Sheet */

/**
 * Edits that add items at the end of an object or an array.
 * @template T
 * @param {Sheet} sheet
 * @param {ObjectNode | ArrayNode} node
 * @param {readonly Ranged[]} entries that it has
 * @param {readonly T[]} items that come behind them
 * @param {(item: T, print: (value: unknown) => string) => string} spell
 */
export function append(sheet, node, entries, items, spell) {
  if (items.length === 0) return;
  const { text, eol, unit } = sheet;
  const { from, to } = spanOf(node);
  const [first] = entries;
  const outer = indentOf(text, from);
  const isSpread = first ? isOnOwnLine(text, first) : true;
  const inner = first && isSpread ? indentOf(text, spanOf(first).from) : outer + unit;
  const print = (/** @type {unknown} */ value) =>
    isSpread ? printed(sheet, value, inner) : JSON.stringify(value);
  const spelled = items.map((item) => spell(item, print));
  const inside = sheet.tokens.filter((token) => spanOf(token).to < to && spanOf(token).from >= from);
  const end = spanOf(/** @type {Token} */ (inside.at(-1))).to;
  const last = /** @type {Token} */ (inside.findLast(({ type }) => !type.endsWith("Comment")));
  const hasComma = last.type === "Comma";
  if (first && !hasComma) sheet.edits.push({ from: spanOf(last).to, to: spanOf(last).to, text: "," });
  const isAfterLine = inside.at(-1)?.type === "LineComment";
  const gap = isSpread || isAfterLine ? eol + inner : " ";
  const closing = isSpread && !text.slice(end, to).includes("\n") ? eol + outer : "";
  const trailing = first && hasComma ? "," : "";
  const joined = spelled.map((one) => gap + one).join(",") + trailing + closing;
  // Behind the comma where both are at one place.
  sheet.edits.push({ from: end, to: first ? end : endOfSpace(text, end, closing), text: joined });
}

/** An empty pair of brackets keeps no space that its new lines would have in front. @param {string} text @param {number} at @param {string} closing */
function endOfSpace(text, at, closing) {
  return closing === "" ? at : at + (/^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0);
}

/**
 * The comma behind a node, comments in between.
 * @param {Sheet} sheet
 * @param {Ranged} node
 * @returns {Token | undefined}
 */
export function commaAfter({ tokens }, node) {
  let at = indexAfter(tokens, spanOf(node).to);
  while (tokens[at]?.type.endsWith("Comment")) at += 1;
  return tokens[at]?.type === "Comma" ? tokens[at] : undefined;
}

/**
 * @param {readonly Token[]} tokens
 * @param {number} place
 * @returns {number} index of the first token at that place or behind it
 */
function indexAfter(tokens, place) {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spanOf(tokens[middle] ?? {}).from < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Ranged} node */
export function spanOf({ range }) {
  const [from, to] = range ?? [0, 0];
  return { from, to };
}

/**
 * @param {Sheet} sheet
 * @param {unknown} value
 * @param {string} indent of the line on which it begins
 */
export function printed({ eol, unit }, value, indent) {
  return JSON.stringify(value, null, unit).replaceAll("\n", eol + indent);
}

/**
 * The space at the beginning of a line.
 * @param {string} text
 * @param {number} at a place on the line
 */
export function indentOf(text, at) {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at), at))?.[0] ?? "";
}

/**
 * @param {string} text
 * @param {Ranged} node
 */
export function isOnOwnLine(text, node) {
  const { from } = spanOf(node);
  return text.slice(lineStart(text, from), from).trim() === "";
}

/**
 * @param {string} text
 * @param {number} at
 */
function lineStart(text, at) {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/**
 * @param {unknown} value
 * @returns {value is { [key: string]: unknown }}
 */
export function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
