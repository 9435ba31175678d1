// Rows of the fault matrix, each of another kind: all is gone, and a CLI that leaves its lock. `npm run test:faults` has them all.
import { describe, it } from "vitest";
import { row, survivor } from "../support/faults/rows.ts";

describe("accepted is carried out, or fails with a cause, after SIGKILL", () => {
  const survives = survivor(79);
  it.each([
    row({ call: "activate", moment: { point: "during assistant" }, victim: "everything" }),
    row({ call: "activate", moment: { point: "after the lock" }, victim: "pulumi" }),
  ])("%s", async (_name, strike) => survives(strike));
});
