// A few rows of the fault matrix, each of another kind; `npm run test:faults` has them all.
import { describe, expect, it } from "vitest";
import { lockStack } from "../support/faults/locks.ts";
import { row, survivor } from "../support/faults/rows.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";

describe("accepted is carried out, or fails with a cause, after SIGKILL", () => {
  const survives = survivor(79);
  it.each([
    row({ call: "activate", moment: { point: "during assistant" }, victim: "everything" }),
    row({ call: "redeploy", moment: { point: "during assistant" }, victim: "operation process" }),
    row({ call: "activate", moment: { point: "after the lock" }, victim: "pulumi" }),
  ])("%s", async (_name, strike) => survives(strike));
});

it("a lock of a dead process is taken over", async () => {
  const server = await Server.start(80);
  try {
    const id = await slotFor(server, "activate");
    lockStack(server, id, "dead");
    await accepted(server, id, "activate");
    expect(await assertSettled(server, id, "active"), "the cause of a failure").toBeUndefined();
  } finally {
    await server.close();
  }
});
