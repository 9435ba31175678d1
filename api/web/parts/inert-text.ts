/** Turn the direction of a text, show nothing, or move a terminal's cursor. */
const HIDDEN = /[^\P{Cc}\t]|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** What an assistant or somebody else has written, with characters that would not show as they are as `\u202e`. */
export function inertText(text: string): string {
  return text.replaceAll(
    HIDDEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
