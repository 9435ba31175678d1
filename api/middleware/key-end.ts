// Answers that go on end with the key, or the session, that asked for them; a call whose body comes slowly is refused then.
import { setTimeout as sleep } from "node:timers/promises";
import type { RequestHandler, Response } from "express";
import type { KeyLookup } from "../../stacks/accounts/key-lookup.ts";
import { BerthError } from "../../stacks/errors.ts";
import { callerOf } from "./caller.ts";
import { readJson } from "./require-json.ts";

const CHECK_EVERY_MS = 2_000;
/** A body that took longer may have been held back until its key was revoked. */
const PROMPT_MS = 1_000;

type Keys = Pick<KeyLookup, "stillWorks">;

/** Aborts within 2 s after the caller's key, or session, has ended. A database that is away ends nothing. */
export function whenKeyEnds(keyLookup: Keys, response: Response): AbortSignal {
  const ended = new AbortController();
  const stillWorks = endingOf(keyLookup, response);
  const check = async () => {
    while (!ended.signal.aborted) {
      await sleep(CHECK_EVERY_MS, undefined, { ref: false });
      if (response.closed) return;
      if (!(await stillWorks?.().catch(() => true))) ended.abort();
    }
  };
  if (stillWorks) void check();
  return ended.signal;
}

/** Reads the body. @throws BerthError UNAUTHORIZED when the caller's key, or session, has ended before it was there */
export function readJsonWhileKeyWorks(keyLookup: Keys): RequestHandler {
  return async (request, response, next) => {
    const begunAt = performance.now();
    await new Promise<void>((resolve, reject) => {
      void readJson(request, response, (error?: unknown) =>
        error === undefined ? resolve() : reject(error),
      );
    });
    const isPrompt = performance.now() - begunAt < PROMPT_MS;
    const stillWorks = isPrompt ? undefined : endingOf(keyLookup, response);
    if (stillWorks && !(await stillWorks()))
      throw new BerthError(
        "UNAUTHORIZED",
        "The API key, or the session, has ended before the call's body was there. Nothing was changed.",
      );
    next();
  };
}

/** Whether the caller's key, or session, works still. Undefined for the installation's own key, which has no end. */
function endingOf(keyLookup: Keys, response: Response): (() => Promise<boolean>) | undefined {
  const { keyId, isOperator, session } = callerOf(response);
  if (session) return () => session.stillLives();
  return isOperator ? undefined : () => keyLookup.stillWorks(keyId);
}
