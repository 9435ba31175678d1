import "@mantine/charts/styles.css";
import { LineChart } from "@mantine/charts";
import { Box } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import { hasLonely } from "../../../api/samples.ts";
import { heightsOf } from "../../../parts/units.ts";

const COLOURS = ["teal.7", "indigo.5"];
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const TIME_WITH_SECONDS = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const TICK_EVERY_MS = 15 * 60_000;

/** The chart asks also where it has no point. */
function timeOf(at: unknown, format: Intl.DateTimeFormat): string {
  return typeof at === "number" && Number.isFinite(at) ? format.format(at) : "";
}

/** The quarters of an hour in it. */
function ticksOf([from, until]: readonly [number, number]): number[] {
  const first = Math.ceil(from / TICK_EVERY_MS) * TICK_EVERY_MS;
  const count = Math.max(0, Math.floor((until - first) / TICK_EVERY_MS) + 1);
  return Array.from({ length: count }, (_, index) => first + index * TICK_EVERY_MS);
}

interface ChartProps {
  readonly label: string;
  /** `at` in milliseconds since 1970, and the series' values. */
  readonly rows: readonly ({ readonly at: number } & Record<string, number | null>)[];
  readonly series: readonly string[];
  readonly unit: (value: number) => string;
  /** A round step of about that size. */
  readonly step: (about: number) => number;
  /** What it is about, also where nothing is known of it; as far as the rows reach if absent. */
  readonly period: readonly [number, number] | undefined;
}

/** A picture of numbers that stand beside it as text: for screen readers it has its name alone. */
export function Chart({ label, rows, series, unit, step, period }: ChartProps) {
  const isStill = useReducedMotion();
  const heights = heightsOf(
    Math.max(0, ...rows.flatMap((row) => series.map((name) => row[name] ?? 0))),
    step,
  );
  return (
    <Box role="img" aria-label={`${label} over time`}>
      <LineChart
        h={160}
        data={[...rows]}
        dataKey="at"
        series={series.map((name, index) => ({ name, color: COLOURS[index] ?? "gray.6" }))}
        valueFormatter={unit}
        curveType="linear"
        withDots={series.some((name) => hasLonely(rows.map((row) => row[name] ?? null)))}
        withLegend={series.length > 1}
        connectNulls={false}
        xAxisProps={{
          type: "number",
          domain: period ? [...period] : ["dataMin", "dataMax"],
          ...(period && { ticks: ticksOf(period) }),
          tickFormatter: (at) => timeOf(at, period ? TIME : TIME_WITH_SECONDS),
          minTickGap: 40,
        }}
        yAxisProps={{ width: 90, domain: [0, heights.at(-1) ?? 0], ticks: heights, interval: 0 }}
        tooltipProps={{ labelFormatter: (at) => timeOf(at, TIME_WITH_SECONDS) }}
        lineProps={{ isAnimationActive: !isStill && rows.length < 2 }}
        lineChartProps={{ accessibilityLayer: false }}
      />
    </Box>
  );
}
