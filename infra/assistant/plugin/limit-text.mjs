// What a user reads when a limit of the assistant's models is reached. OpenClaw shows the model gateway's sentence if it has
// tried one model, and a sentence of its own if its fallback models were refused as well: that one is exchanged.

/** The sentences of gateway/limit-refusal.ts, in whatever a provider's refusal has around them. */
const SENTENCE =
  /The (?:monthly|daily) usage limit of this assistant is reached\. It resets on \d{4}-\d\d-\d\d \d\d:\d\d UTC\./;

/** @param {unknown} text of a refusal */
export function limitSentence(text) {
  return SENTENCE.exec(String(text ?? ""))?.[0];
}

/** The payload of an error, with the sentence in it; undefined if there is nothing to change. */
export function withLimit(payload, sentence) {
  if (sentence === undefined || payload?.isError !== true || payload.text?.includes(sentence))
    return undefined;
  return { ...payload, text: `⚠️ ${sentence}` };
}
