// @ts-check
// openclaw.json as text that goes back to the very same bytes: a byte that is no UTF-8 stands as a lone surrogate.
// Plain JavaScript: on AWS its text runs inside the assistant's task.
import { isUtf8 } from "node:buffer";

const ESCAPED = 0xdc00;
/** With the flag `u` it finds no half of a pair. */
const LONE = /([\udc80-\udcff])/u;

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function textOfBytes(bytes) {
  if (isUtf8(bytes)) return Buffer.from(bytes).toString("utf8");
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const character = bytes.subarray(at, at + lengthFrom(first));
    const isWhole = isUtf8(character);
    text += isWhole ? Buffer.from(character).toString("utf8") : String.fromCharCode(ESCAPED + first);
    at += isWhole ? character.length : 1;
  }
  return text;
}

/**
 * @param {string} text
 * @returns {Buffer}
 */
export function bytesOfText(text) {
  const pieces = text.split(LONE);
  return Buffer.concat(
    pieces.map((piece) => (LONE.test(piece) ? Buffer.of(piece.charCodeAt(0) - ESCAPED) : Buffer.from(piece))),
  );
}

/** @param {number} first byte of a character */
function lengthFrom(first) {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}
