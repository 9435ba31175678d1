const ESC = "\u001b";
const BEL = "\u0007";
/** Colours, movements, and what sets a terminal's title or makes a link. */
const TERMINAL_CODES = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|[@-Z\\\\-_])`,
  "g",
);
/** Control characters, and marks that show nothing; one of them joins the parts of an emoji. */
const SHOWS_NOTHING = /[[\p{Cc}\p{Cf}]--[\t\n\u200d]]/gv;

/** A text of somebody else's without what a terminal obeys, and what turns the direction of other text. */
export function plainText(text: string): string {
  return text.replace(TERMINAL_CODES, "").replace(SHOWS_NOTHING, "");
}
