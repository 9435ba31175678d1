// What Berth makes of what an assistant's plugin tells: the record that status shows, and the warning. Without a server.
import { describe, expect, it } from "vitest";
import type { Verdict } from "../../../infra/assistant/model-apis.ts";
import type { PluginStatus } from "../../../infra/assistant/plugin-calls.ts";
import type { Conversation } from "../../../stacks/database/deployment-table.ts";
import {
  conversationCause,
  NO_CONVERSATION,
  nextConversation,
  unlessFallingBack,
} from "../../../stacks/watch/conversation-record.ts";
import { QUIET } from "../../support/plugin.ts";

type Deployment = Parameters<typeof conversationCause>[2];

const NOW = new Date("2026-01-02T03:04:05.000Z");
const BYOK: Deployment = {
  api_mode: "byok",
  model_provider: "anthropic",
  model_id: "claude-opus-5",
  fallback_models: null,
};
const MANAGED: Deployment = { ...BYOK, api_mode: "managed" };
const WITH_FALLBACK: Deployment = { ...BYOK, fallback_models: ["claude-sonnet-5"] };
const AWAY = { isConnected: false, hasFailed: true, hasGivenUp: false, isContested: false };

describe("the record", () => {
  it.each([
    ["connected", QUIET.channel, "polling"],
    ["connected after it had failed", { ...QUIET.channel, hasFailed: true }, "polling"],
    ["refused by Telegram", { ...AWAY, hasGivenUp: true }, "refused"],
    ["contested by another program", { ...AWAY, isContested: true }, "refused"],
    ["connected, and contested", { ...QUIET.channel, isContested: true }, "refused"],
    ["away after it had tried", AWAY, "unreachable"],
  ] as const)("of one that is %s has the channel's state, from now on", (_name, channel, state) => {
    const { channel: known } = next(null, { ...QUIET, channel });
    expect(known).toEqual({ state, since: NOW.toISOString() });
  });

  it("of one that has not tried yet has no channel", () => {
    const channel = { ...AWAY, hasFailed: false };
    expect(next(null, { ...QUIET, channel })).toEqual(NO_CONVERSATION);
    const before = next(null, QUIET);
    expect(next(before, { ...QUIET, channel }).channel).toBeNull();
  });

  it("keeps since when while the channel's state stays, and begins anew with another one", () => {
    const before = next(null, QUIET);
    const later = new Date(NOW.getTime() + 5_000);
    expect(next(before, QUIET, later).channel).toEqual(before.channel);
    const away = next(before, { ...QUIET, channel: AWAY }, later);
    expect(away.channel).toEqual({ state: "unreachable", since: later.toISOString() });
  });

  it("has the times of the last message and the last answer", () => {
    const status = { ...QUIET, lastMessageAt: at(-9), lastAnswerAt: at(-7) };
    expect(next(null, status)).toMatchObject({ lastMessageAt: iso(-9), lastAnswerAt: iso(-7) });
  });

  it("keeps what was known when the plugin knows nothing yet, or less", () => {
    const failure = { kind: "model", status: 529, since: at(-8), at: at(-8) } as const;
    const before = next(null, { ...QUIET, lastMessageAt: at(-9), lastAnswerAt: at(-7), failure });
    expect(next(before, QUIET)).toEqual(before);
    const older = { ...QUIET, lastMessageAt: at(-20), lastAnswerAt: at(-1) };
    expect(next(before, older)).toMatchObject({ lastMessageAt: iso(-9), lastAnswerAt: iso(-1) });
  });

  it("has the last error in a sentence; a later one takes its place, an earlier one does not", () => {
    const first = next(null, failing("model", 529, -8));
    expect(first).toMatchObject({
      lastError: "The assistant got no answer from anthropic (HTTP 529).",
      lastErrorAt: iso(-8),
    });
    expect(next(first, failing("delivery", null, -20))).toMatchObject({ lastErrorAt: iso(-8) });
    const second = next(first, failing("delivery", null, -3));
    expect(second).toMatchObject({
      lastError: "Telegram did not take the assistant's answer.",
      lastErrorAt: iso(-3),
    });
    expect(next(second, failing("model", null, -1)).lastError).toBe(
      "The assistant got no answer from anthropic.",
    );
  });

  it("has no error of which nobody knows when it was", () => {
    const failure = { kind: "model", status: 500, since: null, at: null } as const;
    expect(next(null, { ...QUIET, failure })).toEqual({ ...NO_CONVERSATION, channel: expect.anything() });
  });
});

describe("the warning", () => {
  it("is none of an assistant that answers, or is at work for less than two minutes", () => {
    expect(cause(QUIET)).toBeUndefined();
    expect(cause({ ...QUIET, waitingSince: at(-119) })).toBeUndefined();
  });

  it.each<[number | null, Verdict, string, string]>([
    [401, "no answer", "MODEL_KEY_REFUSED", "PATCH modelApiKey."],
    [403, "no answer", "MODEL_KEY_REFUSED", "PATCH modelApiKey."],
    [404, "no answer", "MODEL_UNKNOWN", 'no model "claude-opus-5"'],
    [429, "no answer", "MODEL_UNAVAILABLE", "anthropic answers 429"],
    [500, "no answer", "MODEL_UNAVAILABLE", "anthropic answers 500"],
    [529, "accepted", "MODEL_UNAVAILABLE", "anthropic answers 529"],
    [null, "no answer", "MODEL_UNAVAILABLE", "anthropic does not answer"],
    [null, "accepted", "MODEL_UNAVAILABLE", "anthropic does not answer"],
    // What the provider says when Berth asks tells more than a number.
    [400, "key refused", "MODEL_KEY_REFUSED", "anthropic refuses the model key"],
    [null, "key refused", "MODEL_KEY_REFUSED", "anthropic refuses the model key"],
    [404, "key refused", "MODEL_KEY_REFUSED", "anthropic refuses the model key"],
    [400, "model unknown", "MODEL_UNKNOWN", "PATCH modelId."],
    [401, "model unknown", "MODEL_UNKNOWN", "PATCH modelId."],
  ])("of a model that answers %s while its provider says %s is %s", (status, verdict, code, words) => {
    expect(cause(failing("model", status, -1), { verdict })).toEqual({
      code,
      message: expect.stringContaining(words),
    });
  });

  it("of the operator's key asks nothing of its customer", () => {
    const status = failing("model", 401, -1);
    expect(cause(status)?.message).toBe(
      "anthropic refuses the model key: it is wrong, expired or revoked, and no message is answered. PATCH modelApiKey.",
    );
    const message = cause(status, { deployment: MANAGED })?.message;
    expect(message).toMatch(/the operator's model key.*The operator has to renew it/);
    expect(message).not.toContain("PATCH");
  });

  it("of an answer that Telegram did not take is ANSWER_REFUSED", () => {
    expect(cause(failing("delivery", null, -1))).toMatchObject({ code: "ANSWER_REFUSED" });
  });

  it("of a message that has waited for two minutes says for how long", () => {
    expect(cause({ ...QUIET, waitingSince: at(-130) })).toEqual({
      code: "MODEL_UNAVAILABLE",
      message: expect.stringContaining("has not answered for 130 s"),
    });
  });

  it("of a bot that Telegram refuses, or hands to another program, says what to do before anything else", () => {
    const failed = failing("model", 401, -1);
    const refused = cause({ ...failed, channel: { ...AWAY, hasGivenUp: true } });
    expect(refused).toMatchObject({
      code: "BOT_REFUSED",
      message: expect.stringMatching(/PATCH telegramBotToken/),
    });
    const contested = cause({ ...failed, channel: { ...AWAY, isContested: true } });
    expect(contested).toMatchObject({
      code: "BOT_REFUSED",
      message: expect.stringMatching(/another program/),
    });
  });

  it("of a Telegram that can't be reached comes after a minute", () => {
    const status = { ...QUIET, channel: AWAY };
    const before = next(null, status, new Date(at(-60)));
    const early = next(null, status, new Date(at(-59)));
    expect(cause(status, { conversation: next(before, status) })).toMatchObject({
      code: "TELEGRAM_UNREACHABLE",
    });
    expect(cause(status, { conversation: next(early, status) })).toBeUndefined();
    // Until then, what else is wrong is told.
    const failed = { ...failing("model", 401, -1), channel: AWAY };
    expect(cause(failed, { conversation: next(early, failed) })?.code).toBe("MODEL_KEY_REFUSED");
  });
});

describe("a model that fails while its fallback may answer", () => {
  const waiting = { ...failing("model", 529, -10), waitingSince: at(-60) };

  it("is no failure of the assistant's yet", () => {
    expect(unlessFallingBack(waiting, WITH_FALLBACK, NOW)).toEqual({ ...waiting, failure: null });
  });

  it.each([
    ["there is no fallback", waiting, BYOK],
    [
      "no message waits any longer: OpenClaw has said that all have failed",
      { ...waiting, waitingSince: null },
      WITH_FALLBACK,
    ],
    ["the message has waited for two minutes", { ...waiting, waitingSince: at(-120) }, WITH_FALLBACK],
    ["all have failed before this message", { ...waiting, waitingSince: at(-5) }, WITH_FALLBACK],
    [
      "it is Telegram that has failed",
      { ...failing("delivery", null, -1), waitingSince: at(-5) },
      WITH_FALLBACK,
    ],
  ])("is one where %s", (_name, status, deployment) => {
    expect(unlessFallingBack(status, deployment, NOW)).toBe(status);
  });

  it("names all of them where a number can't tell which one there is not", () => {
    const status = failing("model", 404, -1);
    expect(cause(status, { deployment: WITH_FALLBACK })).toEqual({
      code: "MODEL_UNKNOWN",
      message:
        'anthropic lacks one of the models "claude-opus-5", "claude-sonnet-5", or not for this key, and no message is answered. PATCH modelId.',
    });
    expect(cause(status, { deployment: WITH_FALLBACK, verdict: "model unknown" })?.message).toContain(
      'has no model "claude-opus-5"',
    );
  });
});

function next(before: Conversation | null, status: PluginStatus, now = NOW): Conversation {
  return nextConversation(before, status, "anthropic", now);
}

function cause(
  status: PluginStatus,
  {
    conversation = next(null, status),
    deployment = BYOK,
    verdict = "no answer",
  }: {
    readonly conversation?: Conversation;
    readonly deployment?: Deployment;
    readonly verdict?: Verdict;
  } = {},
) {
  return conversationCause(status, conversation, deployment, verdict, NOW);
}

function failing(kind: "model" | "delivery", status: number | null, seconds: number): PluginStatus {
  return { ...QUIET, failure: { kind, status, since: at(seconds), at: at(seconds) } };
}

/** Milliseconds since 1970, so many seconds from NOW. */
function at(seconds: number): number {
  return NOW.getTime() + seconds * 1000;
}

function iso(seconds: number): string {
  return new Date(at(seconds)).toISOString();
}
