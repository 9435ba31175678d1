// @ts-check
// The syntax tree of a text in JSON5, with the place of each node. Plain JavaScript: on AWS its text runs inside the
// assistant's task.
import { evaluate, iterator, parse } from "@humanwhocodes/momoa";

/** Where it is no string and no comment: what is JSON5, and unknown to the parser. */
const UNKNOWN =
  /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\/[^\n]*|\/\*.*?\*\/)|(?<=[+-])\.(?=\d)|\b(?:null|true|false)(?=(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*:)|[\u{10000}-\u{10ffff}]/gsu;

/**
 * @param {string} text
 * @returns {import("@humanwhocodes/momoa").DocumentNode} with ranges and tokens
 * @throws Error for what is no JSON5
 */
export function treeOf(text) {
  const options = /** @type {const} */ ({ mode: "json5", ranges: true, tokens: true });
  try {
    return parse(text, options);
  } catch (error) {
    const masked = text.replace(UNKNOWN, (found, known) => known ?? maskOf(found));
    if (masked === text) throw error;
    const tree = parse(masked, options);
    unmask(tree, text, masked);
    return tree;
  }
}

/** As long, and known: a digit, or a name. @param {string} found */
function maskOf(found) {
  return found === "." ? "1" : "$".repeat(found.length);
}

/**
 * What a node says, as JSON5 reads it.
 * @param {import("@humanwhocodes/momoa").AnyNode} node
 */
export function readNode(node) {
  return /** @type {unknown} */ (evaluate(node));
}

/**
 * @param {import("@humanwhocodes/momoa").DocumentNode} tree
 * @param {string} text
 * @param {string} masked
 */
function unmask(tree, text, masked) {
  for (const { node: found } of iterator(tree)) {
    const node = /** @type {import("@humanwhocodes/momoa").AnyNode} */ (found);
    const own = text.slice(...(node.range ?? [0, 0]));
    if (node.type === "Number" && /^[+-]\./.test(own)) node.value = Number(own);
    if (node.type === "Identifier" && own !== masked.slice(...(node.range ?? [0, 0]))) node.name = own;
  }
}
