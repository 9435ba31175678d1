// An engine that went away within an operation, as one that is restarted does, is waited for.
import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../../infra/target.ts";
import { ENGINE_UNAVAILABLE } from "../causes.ts";
import type { Outcome } from "./outcome.ts";

/** An engine with many containers takes so long to end and to start. */
const BACK_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 500;
const ANSWERS_WITHIN_MS = 5_000;

interface Waiting {
  readonly target: Pick<Target, "assertAnswers">;
  /** Whether the operation is still to be carried out by the attempt. */
  readonly isHeld: () => Promise<boolean>;
  readonly withinMs?: number;
}

/**
 * What an outcome means once it is known whether the engine comes back: one that failed for its absence counts as
 * interrupted then, and is tried again.
 */
export async function onceEngineIsBack(
  outcome: Outcome,
  { target, isHeld, withinMs = BACK_WITHIN_MS }: Waiting,
): Promise<Outcome> {
  if (outcome.state !== "failed" || outcome.cause.code !== ENGINE_UNAVAILABLE) return outcome;
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; ) {
    const answers = await target.assertAnswers(ANSWERS_WITHIN_MS).then(
      () => true,
      () => false,
    );
    if (answers) return { state: "interrupted", why: outcome.cause.message };
    if (!(await isHeld())) return outcome;
    await sleep(LOOK_EVERY_MS);
  }
  return outcome;
}
