const LONGEST = 500;

/** A message of the API: its first line says what is so, and the others are what somebody else has said of it, at any length. */
export function inLines(message: string): { readonly sentence: string; readonly said: string } {
  const [sentence = "", ...others] = message.split("\n");
  const said = others.join("\n").trim();
  if (sentence.length <= LONGEST) return { sentence, said };
  return {
    sentence: `${sentence.slice(0, LONGEST)}…`,
    said: `…${sentence.slice(LONGEST)}\n${said}`.trim(),
  };
}
