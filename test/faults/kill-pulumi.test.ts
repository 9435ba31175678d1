// SIGKILL of pulumi alone, at every exact point of every call.
import { describe, it } from "vitest";
import { POINTS, rowsFor, survivor } from "../support/faults/rows.ts";

const rows = rowsFor("pulumi", (call) => POINTS[call].map((point) => ({ point })));

const survives = survivor(63);

describe("accepted is carried out, or fails with a cause, after SIGKILL", () => {
  it.each(rows)("%s", async (_name, strike) => survives(strike));
});
