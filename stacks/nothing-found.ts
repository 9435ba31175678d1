// What an operation's end makes of what was found of the assistant before: nothing is known of what it has brought about.
import { sql as raw } from "kysely";

/** The data is measured soon, but not while an assistant that was just started has so much else to do. */
const MEASURED_AFTER_SECONDS = 60;

export const nothingFound = {
  seen: null,
  warning: null,
  model_warning: null,
  model_check_at: null,
  state_warning: null,
  state_check_at: raw<Date>`now() + make_interval(secs => ${MEASURED_AFTER_SECONDS})`,
};
