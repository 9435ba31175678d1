// Whether the engine has ended meanwhile. Restarted within a second it answers as before, and its containers have ended.
import Docker from "dockerode";
import type { Absence } from "../found.ts";

/** As long as the engine lives, its answer to this has no end. @throws Error when it does not answer */
export async function noteAbsence(): Promise<Absence> {
  const ending = new AbortController();
  const { signal } = ending;
  const events = await new Docker().getEvents({ filters: { type: ["daemon"] }, abortSignal: signal });
  let hasBeen = false;
  const note = () => {
    hasBeen ||= !signal.aborted;
  };
  events.on("end", note).on("error", note).on("close", note).resume();
  return { hasBeen: () => hasBeen, end: () => ending.abort() };
}
