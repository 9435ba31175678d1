/** A message of the API: its first line says what is so, and the others are what somebody else has said of it. */
export function inLines(message: string): { readonly sentence: string; readonly said: string } {
  const [sentence = "", ...said] = message.split("\n");
  return { sentence, said: said.join("\n").trim() };
}
