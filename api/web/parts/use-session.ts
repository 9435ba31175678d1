import { getRouteApi } from "@tanstack/react-router";
import type { Session } from "../api/session.ts";

const signedIn = getRouteApi("/signed-in");

/** Of a page behind the sign-in. */
export function useSession(): Session {
  return signedIn.useRouteContext().session;
}
