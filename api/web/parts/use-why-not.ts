import { whyReadOnly } from "../api/session.ts";
import { useSession } from "./use-session.ts";

interface Call {
  readonly isAllowed: boolean;
  readonly reason: string | null;
}

/** Why a changing call can't be made now, in the API's sentence; null if it can. @param call null for one that every state allows */
export function useWhyNot(call: Call | null): string | null {
  return whyReadOnly(useSession()) ?? (call?.isAllowed === false ? call.reason : null);
}
