// What an assistant gets at its limit. OpenClaw shows a 429's sentence to its user as it stands if it says when the limit
// resets. It takes "spending limit", "quota" of an account and the like for the provider's bill, and says that instead.
import { counted } from "../sentences.ts";
import type { Refusal } from "./access.ts";

const WORDS = { month: "monthly", day: "daily" } as const;

/**
 * Refuses until a month or a day is over. OpenClaw doesn't try again by itself: the sentence names a long period. With a
 * `retry-after` it would append that to the answer, no longer find the sentence in it, and show words of its own.
 */
export function limitRefusal(period: keyof typeof WORDS, renewsAt: Date): Refusal {
  const date = `${renewsAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return {
    status: 429,
    message: `The ${WORDS[period]} usage limit of this assistant is reached. It resets on ${date}.`,
  };
}

/** Refuses for a moment: what is limited by the minute, or at once. OpenClaw waits so long, and tries again. */
export function paceRefusal(retryAfterSeconds: number): Refusal {
  return {
    status: 429,
    message: `This assistant has too many requests at the moment. Try again in ${counted(retryAfterSeconds, "second")}.`,
    retryAfterSeconds,
  };
}
