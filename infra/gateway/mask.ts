// Takes the real key out of what a provider says of an error. Some repeat a part of it: its beginning, stars, its last letters.

const MASK = "[key]";
/** Shorter parts are parts of other words, too. */
const [BEGINNING, END] = [8, 4];

/** The text without the key, and without the words that begin or end with a part of it. */
export function withoutKey(text: string, key: string): string {
  const whole = text.replaceAll(key, MASK);
  if (key.length < 2 * BEGINNING) return whole;
  const beginning = escaped(key.slice(0, BEGINNING));
  const end = escaped(key.slice(-END));
  const parts = new RegExp(`${beginning}[^\\s"'\\\\,]*|[\\w-]*[*.…•]{2,}[\\w*.…•-]*${end}`, "g");
  return whole.replace(parts, MASK);
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, "\\$&");
}
