// SIGKILL as the operation's log tells of a step: what an operator sees who watches GET /:id/events.
import { describe, it } from "vitest";
import { EVENTS, rowsFor, survivor } from "../support/faults/rows.ts";

const moments = (call: keyof typeof EVENTS) => EVENTS[call].map((event) => ({ event }));
const rows = [...rowsFor("everything", moments), ...rowsFor("server", moments)];

const survives = survivor(65);

describe("accepted is carried out, or fails with a cause, after SIGKILL", () => {
  it.each(rows)("%s", async (_name, strike) => survives(strike));
});
