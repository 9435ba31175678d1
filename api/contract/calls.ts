// THE table of calls: the app's routes and the OpenAPI document come from it.
import { ACCOUNT_CALLS } from "./calls/account.ts";
import { ASSISTANT_CALLS } from "./calls/assistants.ts";
import { BACKUP_CALLS } from "./calls/backups.ts";
import { CALLBACK_CALLS } from "./calls/callbacks.ts";
import { DOCTOR_CALLS } from "./calls/doctor.ts";
import { FLEET_CALLS } from "./calls/fleet.ts";

export type { Answer, ApiCall } from "./calls/api-call.ts";
export { OPEN_CALLS } from "./calls/open.ts";

/** Calls that need a key. */
export const API_CALLS = {
  ...ASSISTANT_CALLS,
  ...BACKUP_CALLS,
  ...CALLBACK_CALLS,
  ...ACCOUNT_CALLS,
  ...DOCTOR_CALLS,
  ...FLEET_CALLS,
} as const;
