// SIGKILL of the whole machine, at every exact point of every call.
import { describe, it } from "vitest";
import { POINTS, rowsFor, survivor } from "../support/faults/rows.ts";

const rows = rowsFor("everything", (call) => POINTS[call].map((point) => ({ point })));

const survives = survivor(60);

describe("accepted is carried out, or fails with a cause, after SIGKILL", () => {
  it.each(rows)("%s", async (_name, strike) => survives(strike));
});
