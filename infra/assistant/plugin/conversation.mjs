// What becomes of the messages that people write to the bot: when the last one came, when the last answer went out, and
// what has failed since then. Times and numbers alone: no content, no names.
import { limitSentence, withLimit } from "./limit-text.mjs";

const CHANNEL = "telegram";
/** OpenClaw registers a plugin more than once in a process, and calls hooks of either registration: they share this. */
const SHARED = Symbol.for("berth.conversation");

/**
 * Starts watching.
 * @returns {() => { lastMessageAt: number | null, lastAnswerAt: number | null, waitingSince: number | null,
 *   failure: { kind: "model" | "delivery", status: number | null, since: number, at: number } | null }}
 *   Times are in milliseconds since 1970; `status` is what the model's provider answered over HTTP.
 */
export function watchConversation(api) {
  globalThis[SHARED] ??= {
    seen: { lastMessageAt: null, lastAnswerAt: null, waitingSince: null, failure: null },
    /** Of each session: whether what is being sent reports an error to the user. */
    tellsOfError: new Map(),
    /** Of each session whose model was refused last because of a limit: the gateway's sentence. */
    limits: new Map(),
  };
  const { seen, tellsOfError, limits } = globalThis[SHARED];

  const fail = (kind, status) => {
    const at = Date.now();
    const before = seen.failure;
    seen.failure = { kind, status: status ?? before?.status ?? null, since: before?.since ?? at, at };
  };

  api.on("message_received", (_, { channelId }) => {
    if (channelId !== CHANNEL) return;
    seen.lastMessageAt = Date.now();
    seen.waitingSince ??= seen.lastMessageAt;
  });

  // OpenClaw tries again by itself, for minutes: this reports the first try that fails.
  api.on("agent_end", ({ success, messages }, { trigger, channel, sessionKey }) => {
    if (trigger !== "user" || channel !== CHANNEL) return;
    const last = messages.at(-1);
    limits.set(sessionKey, limitSentence(last?.errorMessage));
    if (success && last?.stopReason !== "error") seen.failure = null;
    else if (last?.stopReason !== "aborted") fail("model", httpStatus(last?.errorMessage));
  });

  api.on("reply_payload_sending", ({ payload, channel, sessionKey }) => {
    if (channel !== CHANNEL) return;
    const isError = payload?.isError === true;
    tellsOfError.set(sessionKey, isError);
    if (!isError) return undefined;
    fail("model");
    const limited = withLimit(payload, limits.get(sessionKey));
    return limited && { payload: limited };
  });

  api.on("message_sent", ({ success, sessionKey }, { channelId }) => {
    if (channelId !== CHANNEL) return;
    seen.waitingSince = null;
    if (!success) fail("delivery");
    else if (!tellsOfError.get(sessionKey)) seen.lastAnswerAt = Date.now();
  });

  return () => ({ ...seen });
}

/** OpenClaw begins the text of a provider's refusal with its number. */
function httpStatus(text) {
  const number = /^\s*([1-5]\d\d)\b/.exec(text ?? "")?.[1];
  return number ? Number(number) : null;
}
