// What a stack has reported: never called active on trust, and an assistant that waits shows nowhere.
import { expect, it } from "vitest";
import { isPrebooted, parseOutputs, shownOutputs } from "../../../stacks/deployments/outputs.ts";

const KEPT = { image: "i", network: "n", volume: "v" };
const RUNS = { replicas: 1, containerId: "c", endpoint: "http://127.0.0.1:20000", ...KEPT } as const;

it("one that waits is not active, and one that is active does not wait", () => {
  const [active, waiting] = (["active", "waiting"] as const).map((status) => ({ ...RUNS, status }));
  expect(parseOutputs(active, { replicas: 1 })).toEqual(active);
  expect(parseOutputs(waiting, { replicas: 1, isWaiting: true })).toEqual(waiting);
  expect(() => parseOutputs(waiting, { replicas: 1 })).toThrow("its assistant is waiting");
  expect(() => parseOutputs(active, { replicas: 1, isWaiting: true })).toThrow("its assistant is active");
  expect([active, waiting, null].map((outputs) => isPrebooted({ outputs }))).toEqual([false, true, false]);
});

it("clients see a slot without a container where one waits", () => {
  const stopped = { status: "stopped", replicas: 0, containerId: null, endpoint: null, ...KEPT };
  expect(shownOutputs({ ...RUNS, status: "waiting" })).toEqual(stopped);
  expect(shownOutputs({ ...RUNS, status: "active" })).toEqual({ ...RUNS, status: "active" });
  expect(shownOutputs({ status: "waiting" })).toBeUndefined();
});
