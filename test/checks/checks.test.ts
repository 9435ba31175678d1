// A check counts as one: it has failed when it finds something or breaks off.
import { expect, it, vi } from "vitest";
import { runChecks } from "./checks.ts";

it("counts each check as one, prints what it found and names it", async () => {
  const print = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const results = await runChecks({
      fine: async () => "",
      "the names": async () => "one is wrong\nanother is wrong\n",
      "the program": () => Promise.reject(new Error("it could not be started")),
    });
    expect(results).toEqual({
      passed: 1,
      failed: 2,
      broken: [
        "The check of the names has found something: see above.",
        "The check of the program has found something: see above.",
      ],
    });
    const printed = print.mock.calls.map(([piece]) => piece).join("");
    expect(printed).toBe("one is wrong\nanother is wrong\nit could not be started\n");
  } finally {
    print.mockRestore();
  }
});
