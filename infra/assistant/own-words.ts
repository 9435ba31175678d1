// What an assistant says of itself, or writes, within the texts of errors: a stranger's words, from which nothing may be read
// of the engine or of Pulumi. Each of its lines begins with a mark that it can't leave out.
import { wholeLines } from "./log-lines.ts";

const MARK = "assistant| ";
/** Far below the 64 KiB at which Pulumi's command plugin stops to read, whatever the characters. */
const LONGEST_LINE = 8 * 1024;
/** Wherever in a line it stands: what reports an error may have set something before it. */
const MARKED = /assistant\| ([^\n]*)\n?/g;

/** Its words without the control characters that a record can't carry. What is too long is cut. */
export function ownWords(words: string): string {
  return [...wholeLines(words, LONGEST_LINE)].join("\n");
}

/** The same, as lines that are distinct from all others. */
export function marked(words: string): string {
  return [...wholeLines(words, LONGEST_LINE)].map((line) => MARK + line).join("\n");
}

/** A text of an error without the assistant's words, and these. */
export function withoutOwnWords(text: string): { readonly ours: string; readonly words: string } {
  const words = [...text.matchAll(MARKED)].map(([, line = ""]) => line).join("\n");
  return { ours: text.replaceAll(MARKED, ""), words };
}
