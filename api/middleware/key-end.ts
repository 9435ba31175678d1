// Answers that go on end with the key that asked for them.
import { setTimeout as sleep } from "node:timers/promises";
import type { Response } from "express";
import type { KeyLookup } from "../../stacks/accounts/key-lookup.ts";
import { callerOf } from "./caller.ts";

const CHECK_EVERY_MS = 2_000;

/** Aborts within 2 s after the caller's key has expired or was revoked. A database that is away ends nothing. */
export function whenKeyEnds(keyLookup: Pick<KeyLookup, "stillWorks">, response: Response): AbortSignal {
  const ended = new AbortController();
  const { keyId, isOperator } = callerOf(response);
  const check = async () => {
    while (!ended.signal.aborted) {
      await sleep(CHECK_EVERY_MS, undefined, { ref: false });
      if (response.closed) return;
      if (!(await keyLookup.stillWorks(keyId).catch(() => true))) ended.abort();
    }
  };
  // The installation's own key has no end.
  if (!isOperator) void check();
  return ended.signal;
}
