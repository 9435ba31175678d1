// SIGKILL of the server alone, at every exact point of every call.
import { describe, it } from "vitest";
import { POINTS, rowsFor, survivor } from "../support/faults/rows.ts";

const rows = rowsFor("server", (call) => POINTS[call].map((point) => ({ point })));

const survives = survivor(61);

describe("accepted is carried out, or fails with a cause, after SIGKILL", () => {
  it.each(rows)("%s", async (_name, strike) => survives(strike));
});
