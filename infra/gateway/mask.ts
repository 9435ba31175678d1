// Takes the real key out of what a provider says of an error. Some repeat a part of it: its beginning, stars, its last letters.

const MASK = "[key]";
/** Shorter parts are parts of other words, too. */
const [BEGINNING, END] = [8, 4];
/** One class, greedy: the text is a stranger's, and long. */
const WORD = /[^\s"'`\\,;()<>]+/g;
const HIDDEN = ["**", "..", "…", "••", "xxxx"] as const;

/** The text without the key, and without the words that have a part of it. */
export function withoutKey(text: string, key: string): string {
  const whole = text.replaceAll(key, MASK);
  if (key.length < 2 * BEGINNING) return whole;
  return whole.replace(WORD, (word) => (hasPart(word, key) ? MASK : word));
}

function hasPart(word: string, key: string): boolean {
  if (word.includes(key.slice(0, BEGINNING))) return true;
  return word.includes(key.slice(-END)) && HIDDEN.some((stars) => word.includes(stars));
}
