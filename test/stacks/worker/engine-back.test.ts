// What becomes of an operation that failed because the engine was away: an engine of this test's own.
import { expect, it } from "vitest";
import { onceEngineIsBack } from "../../../stacks/worker/engine-back.ts";
import type { Outcome } from "../../../stacks/worker/outcome.ts";

const AWAY: Outcome = { state: "failed", cause: { code: "ENGINE_UNAVAILABLE", message: "It is away." } };

/** An engine that answers from the n-th question on. */
function engineBackAt(question: number) {
  let asked = 0;
  return {
    asked: () => asked,
    assertAnswers: async () => {
      if (++asked < question) throw new Error("away");
    },
  };
}

const held = async () => true;

it("comes back: interrupted, to be tried again", async () => {
  const target = engineBackAt(3);
  const outcome = await onceEngineIsBack(AWAY, { target, isHeld: held });
  expect(outcome).toEqual({ state: "interrupted", why: "It is away." });
  expect(target.asked()).toBe(3);
});

it("stays away: failed, as it was", async () => {
  const target = engineBackAt(Number.POSITIVE_INFINITY);
  expect(await onceEngineIsBack(AWAY, { target, isHeld: held, withinMs: 1_200 })).toBe(AWAY);
  expect(target.asked()).toBeGreaterThan(1);
});

it("is not waited for once the operation is cancelled or another worker's", async () => {
  const target = engineBackAt(2);
  expect(await onceEngineIsBack(AWAY, { target, isHeld: async () => false })).toBe(AWAY);
  expect(target.asked()).toBe(1);
});

it.each<Outcome>([
  { state: "succeeded", outputs: null },
  { state: "cancelled" },
  { state: "failed", cause: { code: "NOT_READY", message: "It is slow." } },
])("is not asked for after any other end: %o", async (outcome) => {
  const target = engineBackAt(1);
  expect(await onceEngineIsBack(outcome, { target, isHeld: held })).toBe(outcome);
  expect(target.asked()).toBe(0);
});
