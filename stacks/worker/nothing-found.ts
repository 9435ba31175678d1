// What an operation's end makes of what was found of the assistant before: nothing is known of what it has brought about.
import { sql as raw } from "kysely";

/** The data is measured soon, but not while an assistant that was just started has so much else to do. */
const MEASURED_WITHIN_SECONDS = 60;

export const nothingFound = {
  seen: null,
  warning: null,
  // Times of messages stay; whether it reaches Telegram is another matter since then.
  conversation: raw<string>`conversation || '{"channel": null}'::jsonb`,
  conversation_warning: null,
  model_warning: null,
  model_check_at: null,
  state_warning: null,
  // Never put off: who has a backup made every minute is measured all the same.
  state_check_at: raw<Date>`least(state_check_at, now() + make_interval(secs => ${MEASURED_WITHIN_SECONDS}))`,
};
