// What a pod has written last, as a record can carry it.
import { expect, it } from "vitest";
import type { Cluster } from "../../../infra/kubernetes/client.ts";
import { lastLines } from "../../../infra/kubernetes/last-lines.ts";

function writing(text: string): Cluster {
  return { core: { readNamespacedPodLog: async () => text }, namespace: "one" } as unknown as Cluster;
}

it("has neither colours nor other control characters", async () => {
  const text = "\u001b[31mError:\u001b[0m it\tends\r\nnow\u0000\n";
  expect(await lastLines(writing(text), "pod")).toBe("Error: it\tends\nnow");
});

it("has no line that is too long to be read by whoever runs the command", async () => {
  const words = await lastLines(writing(`short\n${"x".repeat(1_000_000)}\nlast`), "pod");
  const lines = words.split("\n");
  expect(lines.map((line) => line.length < 8_192)).toEqual([true, true, true]);
  expect([lines[0], lines[1]?.endsWith("(cut)"), lines[2]]).toEqual(["short", true, "last"]);
});
