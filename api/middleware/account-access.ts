import { findAccountId } from "../../stacks/accounts/accounts.ts";
import type { Sql } from "../../stacks/database/database.ts";
import { BerthError } from "../../stacks/errors.ts";
import type { Caller } from "./caller.ts";

/** The account whose keys and audit rows the caller reaches; undefined for every account, which the operator does. */
export function accountWithin(caller: Caller): string | undefined {
  return caller.isOperator ? undefined : caller.accountId;
}

/**
 * The account that a list is about; undefined for all of them.
 * @throws BerthError FORBIDDEN when somebody else than the operator names one, NOT_FOUND when there is none
 */
export async function accountAskedFor(
  sql: Sql,
  caller: Caller,
  name: string | undefined,
): Promise<string | undefined> {
  if (name === undefined) return accountWithin(caller);
  requireOperator(caller, "name an account");
  const id = await findAccountId(sql, name);
  if (!id) throw new BerthError("NOT_FOUND", "There is no account with this name.");
  return id;
}

/** @throws BerthError FORBIDDEN for everybody else */
export function requireOperator(caller: Caller, deed: string): void {
  if (caller.isOperator) return;
  throw new BerthError("FORBIDDEN", `Only the installation's own key may ${deed}. Nothing was changed.`);
}
