// How an attempt, or a part of it, ends.
import { isConnectionLost } from "../database/connections.ts";
import type { Ending } from "../operations/operations.ts";
import { causeOf } from "../pulumi/error-texts.ts";
import type { Unfinished } from "../pulumi/messages.ts";

/** How an attempt ended. What was interrupted is tried again. */
export type Outcome = Ending | Extract<Unfinished, { state: "interrupted" }>;

/** What was done in this process, or why it was not. */
export type Done<T> = { readonly state: "done"; readonly value: T } | Unfinished;

/** What an error means: a failure, or no end at all, because the database went away. */
export function failure(error: unknown): Exclude<Unfinished, { state: "cancelled" }> {
  const message = error instanceof Error ? error.message : String(error);
  if (isConnectionLost(error)) return { state: "interrupted", why: `The database was away: ${message}.` };
  return { state: "failed", cause: causeOf([message]) };
}
