// What the plugin makes of OpenClaw's words where several models were refused because of a limit.
import { expect, it } from "vitest";
import { limitSentence, withLimit } from "../../../infra/assistant/plugin/limit-text.mjs";
import { limitRefusal, paceRefusal } from "../../../infra/gateway/limit-refusal.ts";

const UNTIL = new Date("2026-12-01T00:00:00Z");

it.each(["month", "day"] as const)("the gateway's sentence about a %s is found in a refusal", (period) => {
  const { message } = limitRefusal(period, UNTIL);
  const body = { type: "error", error: { type: "rate_limit_error", message } };
  expect(limitSentence(`429 ${JSON.stringify(body)}`)).toBe(message);
  expect(limitSentence(`429 ${message} (request 1)`)).toBe(message);
});

it.each([paceRefusal(5).message, "429 Too many requests", "", undefined, null])(
  "%j is no such sentence",
  (text) => {
    expect(limitSentence(text)).toBeUndefined();
  },
);

it("it takes the place of OpenClaw's own words in an error, and of nothing else", () => {
  const { message } = limitRefusal("month", UNTIL);
  const payload = {
    text: "The AI service is temporarily overloaded. Please try again in a moment.",
    isError: true,
    replyToId: "7",
  };
  expect(withLimit(payload, message)).toEqual({ ...payload, text: `⚠️ ${message}` });
  expect(withLimit({ ...payload, isError: false }, message)).toBeUndefined();
  expect(withLimit({ ...payload, text: `⚠️ ${message}` }, message)).toBeUndefined();
  expect(withLimit(payload, undefined)).toBeUndefined();
});
