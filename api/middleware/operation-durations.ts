// The histogram of operations. The database has counted them, for every process: the library's own histogram would count
// what one process observes.
import type { Metric } from "@prometheus-io/client";
import { DURATION_BOUNDS_SECONDS, type OperationCount } from "../../stacks/operations/counts.ts";

const NAME = "berth_operation_duration_seconds";

/** A metric to register. `latest` is called at each scrape. */
export function operationDurations(latest: () => readonly OperationCount[]): Metric {
  const described = {
    name: NAME,
    help: "Operations that have ended, by kind and outcome.",
    type: "histogram",
    aggregator: "omit",
  } as const;
  const metric = { ...described, get: async () => ({ ...described, values: valuesOf(latest()) }) };
  // A registry formats whatever has a name and get(), as the ones that it makes itself; its types know classes alone.
  return metric as unknown as Metric;
}

function valuesOf(counts: readonly OperationCount[]) {
  const sets = Map.groupBy(counts, ({ kind, outcome }) => `${kind}/${outcome}`);
  return [...sets.values()].flatMap(seriesOf);
}

function seriesOf(counts: readonly OperationCount[]) {
  const upTo = (last: number) =>
    counts.reduce((sum, { duration_class, count }) => sum + (duration_class <= last ? count : 0), 0);
  const labels = { kind: counts[0]?.kind, outcome: counts[0]?.outcome };
  const bounds = [...DURATION_BOUNDS_SECONDS, "+Inf"];
  const seconds = counts.reduce((sum, one) => sum + one.seconds, 0);
  return [
    ...bounds.map((le, index) => ({
      metricName: `${NAME}_bucket`,
      labels: { le, ...labels },
      value: upTo(index),
    })),
    { metricName: `${NAME}_sum`, labels, value: seconds },
    { metricName: `${NAME}_count`, labels, value: upTo(DURATION_BOUNDS_SECONDS.length) },
  ];
}
