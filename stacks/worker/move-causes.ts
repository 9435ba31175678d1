// Why a move to another target failed, in words that say where the deployment is now and what can be done.
import type { Cause } from "../causes.ts";
import type { Deployment } from "../deployments/deployments.ts";

/** It is where it was, and as it was. */
export function undone(
  { target, status }: Pick<Deployment, "target" | "status">,
  to: string,
  { code, message }: Cause,
): Cause {
  return {
    code: "MOVE_UNDONE",
    message: `The move to ${to} did not succeed (${code}): it is ${status} on ${target} as before, with its data.\n${message}`,
  };
}

/** The way back has failed, too. */
export function notUndone(to: string, first: Cause, then: Cause): Cause {
  return {
    code: "MOVE_NOT_UNDONE",
    message: `The move to ${to} failed (${first.code}), and so did the way back (${then.code}). Its data is kept; redeploy to try again.\nThe move: ${first.message}\nThe way back: ${then.message}`,
  };
}
