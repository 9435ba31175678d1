// THE table of calls: the app's routes and the OpenAPI document come from it.
import { ACCOUNT_CALLS } from "./account.ts";
import { ASSISTANT_CALLS } from "./assistants.ts";
import { BACKUP_CALLS } from "./backups.ts";
import { CALLBACK_CALLS } from "./callbacks.ts";
import { DETAIL_CALLS } from "./details.ts";
import { DOCTOR_CALLS } from "./doctor.ts";
import { FLEET_CALLS } from "./fleet.ts";
import { LIVE_CALLS } from "./live.ts";
import { OPERATOR_CALLS } from "./operator.ts";
import { OWN_SESSION_CALLS, SESSION_CALLS } from "./sessions.ts";
import { USAGE_CALLS } from "./usage.ts";

export type { Answer, ApiCall } from "./call.ts";
export { OPEN_CALLS } from "./open.ts";
export { OWN_SESSION_CALLS } from "./sessions.ts";

/** Calls that need a key, or a session. */
export const API_CALLS = {
  ...ASSISTANT_CALLS,
  ...DETAIL_CALLS,
  ...BACKUP_CALLS,
  ...CALLBACK_CALLS,
  ...ACCOUNT_CALLS,
  ...SESSION_CALLS,
  ...DOCTOR_CALLS,
  ...FLEET_CALLS,
  ...OPERATOR_CALLS,
  ...USAGE_CALLS,
  ...LIVE_CALLS,
} as const;

/** All but the open ones. */
export const KEYED_CALLS = { ...API_CALLS, ...OWN_SESSION_CALLS } as const;
