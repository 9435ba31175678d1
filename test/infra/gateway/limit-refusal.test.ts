import { describe, expect, it } from "vitest";
import { limitRefusal, paceRefusal } from "../../../infra/gateway/limit-refusal.ts";

/** Of OpenClaw 2026.9.6, agents/failover: what it shows, what it takes for a bill, and what it tries again. */
const SHOWN = /\bmin(ute)?s?\b|\bhours?\b|\bseconds?\b|\btry again in\b|\bresets?\b|\bplan\b|\bquota\b/i;
const PERIODIC =
  /\b(?:daily|weekly|monthly)(?:\/(?:daily|weekly|monthly))* (?:usage )?limit(?:s)?(?: (?:exhausted|reached|exceeded))?\b/i;
const BILL =
  /spend(?:ing)?\s+limit|insufficient[_ ]quota|available balance|out of budget|credit|payment|billing/i;
const RETRIED_SOON =
  /\b(?:requests per minute|tokens per minute|per-minute|rpm|tpm)\b|retry[- ]after|try again in/i;

describe("the sentence of a limit", () => {
  it.each(["month", "day"] as const)(
    "by the %s is one that OpenClaw shows as it stands, and doesn't try again",
    (period) => {
      const refusal = limitRefusal(period, new Date("2026-12-01T00:00:00Z"));
      expect(refusal.message).toMatch(SHOWN);
      expect(refusal.message).toMatch(PERIODIC);
      expect(refusal.message).not.toMatch(BILL);
      expect(refusal.message).not.toMatch(RETRIED_SOON);
      expect(refusal.message).toContain("2026-12-01 00:00 UTC");
      expect(refusal.message.length).toBeLessThanOrEqual(300);
      expect(refusal).toEqual({ status: 429, message: refusal.message });
    },
  );
  it("by the minute is one after which it tries again", () => {
    expect(paceRefusal(7)).toMatchObject({ status: 429, retryAfterSeconds: 7 });
    expect(paceRefusal(7).message).toMatch(SHOWN);
  });
});
