// The histogram of operations as the library writes it for Prometheus.
import { Registry } from "@prometheus-io/client";
import { expect, it } from "vitest";
import { operationDurations } from "../../api/middleware/operation-durations.ts";
import type { OperationCount } from "../../stacks/operations/counts.ts";

const STOPS = { kind: "stop", outcome: "succeeded" };

it("buckets add up, and the sets of labels stand apart", async () => {
  const text = await written([
    { ...STOPS, duration_class: 0, count: 2, seconds: 0.5 },
    { ...STOPS, duration_class: 3, count: 1, seconds: 7.5 },
    { ...STOPS, outcome: "failed", duration_class: 9, count: 1, seconds: 400 },
  ]);
  expect(text.split("\n").filter((line) => line.includes('outcome="succeeded"'))).toEqual([
    'berth_operation_duration_seconds_bucket{le="1",kind="stop",outcome="succeeded"} 2',
    'berth_operation_duration_seconds_bucket{le="2",kind="stop",outcome="succeeded"} 2',
    'berth_operation_duration_seconds_bucket{le="5",kind="stop",outcome="succeeded"} 2',
    ...["10", "20", "30", "60", "120", "300", "+Inf"].map(
      (le) => `berth_operation_duration_seconds_bucket{le="${le}",kind="stop",outcome="succeeded"} 3`,
    ),
    'berth_operation_duration_seconds_sum{kind="stop",outcome="succeeded"} 8',
    'berth_operation_duration_seconds_count{kind="stop",outcome="succeeded"} 3',
  ]);
  expect(text).toContain('_bucket{le="300",kind="stop",outcome="failed"} 0\n');
  expect(text).toContain('_bucket{le="+Inf",kind="stop",outcome="failed"} 1\n');
});

it("it is described once, before anything was counted as well", async () => {
  expect(await written([])).toBe(
    "# HELP berth_operation_duration_seconds Operations that have ended, by kind and outcome.\n" +
      "# TYPE berth_operation_duration_seconds histogram\n",
  );
});

it("a label with quotes, backslashes and line ends stays one label", async () => {
  const text = await written([
    { kind: "odd", outcome: 'a"b\\c\nd', duration_class: 0, count: 1, seconds: 0.25 },
  ]);
  expect(text).toContain('_sum{kind="odd",outcome="a\\"b\\\\c\\nd"} 0.25\n');
});

async function written(counts: readonly OperationCount[]): Promise<string> {
  const registry = new Registry();
  registry.registerMetric(operationDurations(() => counts));
  return registry.metrics();
}
