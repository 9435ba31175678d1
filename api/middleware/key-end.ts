// Answers that go on end with the key, or the session, that asked for them.
import { setTimeout as sleep } from "node:timers/promises";
import type { Response } from "express";
import type { KeyLookup } from "../../stacks/accounts/key-lookup.ts";
import { callerOf } from "./caller.ts";

const CHECK_EVERY_MS = 2_000;

/** Aborts within 2 s after the caller's key, or session, has ended. A database that is away ends nothing. */
export function whenKeyEnds(keyLookup: Pick<KeyLookup, "stillWorks">, response: Response): AbortSignal {
  const ended = new AbortController();
  const { keyId, isOperator, session } = callerOf(response);
  const stillWorks = () => session?.stillLives() ?? keyLookup.stillWorks(keyId);
  const check = async () => {
    while (!ended.signal.aborted) {
      await sleep(CHECK_EVERY_MS, undefined, { ref: false });
      if (response.closed) return;
      if (!(await stillWorks().catch(() => true))) ended.abort();
    }
  };
  // The installation's own key has no end.
  if (!isOperator || session) void check();
  return ended.signal;
}
