// Who is calling. authenticate() puts it there; every handler takes it from here.
import type { Response } from "express";
import type { Session } from "../../stacks/accounts/sessions.ts";
import type { Scope } from "../../stacks/database/schema.ts";
import type { Requester } from "../../stacks/operations/enqueue.ts";

export interface Caller extends Requester {
  /** The public part of the key; `operator` for the installation's own. */
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  /** When the key stops working; null: never. */
  readonly endsAt: Date | null;
  /** The holder of the installation's own key, who manages accounts. */
  readonly isOperator: boolean;
  /** That the call came by, and whether it still lives; absent for a call with the key itself. */
  readonly session?: Session & { stillLives(): Promise<boolean> };
}

export function setCaller(response: Response, caller: Caller): void {
  response.locals.caller = caller;
}

/** @throws Error on a path that is not behind authenticate(). */
export function callerOf(response: Response): Caller {
  const caller = findCaller(response);
  if (!caller) throw new Error("This path has no caller: it is not behind authenticate().");
  return caller;
}

/** Undefined where nobody was recognized. */
export function findCaller(response: Response): Caller | undefined {
  return response.locals.caller;
}
