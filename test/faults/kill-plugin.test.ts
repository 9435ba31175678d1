// SIGKILL of the plugins alone, while they work: the engine has started them itself, or the operation's process keeps them, as
// it does with official ones.
import { describe, it } from "vitest";
import { row, survivor } from "../support/faults/rows.ts";

const rows = [
  row({ call: "activate", moment: { point: "during settings" }, victim: "plugin" }),
  row({ call: "activate", moment: { point: "during assistant" }, victim: "plugin" }),
  row({ call: "activate", moment: { point: "during readiness" }, victim: "plugin" }),
  row({ call: "redeploy", moment: { point: "during assistant" }, victim: "plugin" }),
  row({ call: "stop", moment: { point: "during assistant" }, victim: "plugin" }),
  row({ call: "delete", moment: { point: "during assistant" }, victim: "plugin" }),
  row({ call: "delete", moment: { point: "during network" }, victim: "plugin" }),
];

const survives = survivor(64, { hasOwnPlugins: true });

const kept = [
  row({ call: "activate", moment: { point: "during assistant" }, victim: "plugin" }),
  row({ call: "activate", moment: { point: "during readiness" }, victim: "plugin" }),
  row({ call: "stop", moment: { point: "during assistant" }, victim: "plugin" }),
  row({ call: "delete", moment: { point: "during assistant" }, victim: "plugin" }),
];

const survivesKept = survivor(71, { hasOfficialPlugins: true });

describe("accepted is carried out, or fails with a cause, after SIGKILL", () => {
  it.each(rows)("%s", async (_name, strike) => survives(strike));
  it.each(kept)("%s that is kept", async (_name, strike) => survivesKept(strike));
});
