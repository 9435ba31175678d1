import "@mantine/charts/styles.css";
import { LineChart } from "@mantine/charts";
import { Box } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";

const COLOURS = ["teal.7", "indigo.5"];
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** The chart asks also where it has no point. */
function timeOf(at: unknown): string {
  return typeof at === "number" && Number.isFinite(at) ? TIME.format(at) : "";
}

interface ChartProps {
  readonly label: string;
  /** `at` in milliseconds since 1970, and the series' values. */
  readonly rows: readonly ({ readonly at: number } & Record<string, number | null>)[];
  readonly series: readonly string[];
  readonly unit: (value: number) => string;
}

/** A picture of numbers that stand beside it as text: for screen readers it has its name alone. */
export function Chart({ label, rows, series, unit }: ChartProps) {
  const isStill = useReducedMotion();
  return (
    <Box role="img" aria-label={`${label} over time`}>
      <LineChart
        h={160}
        data={[...rows]}
        dataKey="at"
        series={series.map((name, index) => ({ name, color: COLOURS[index] ?? "gray.6" }))}
        valueFormatter={unit}
        curveType="linear"
        withDots={rows.length < 3}
        withLegend={series.length > 1}
        connectNulls={false}
        xAxisProps={{
          type: "number",
          domain: ["dataMin", "dataMax"],
          tickFormatter: timeOf,
          minTickGap: 40,
        }}
        yAxisProps={{ width: 90, domain: [0, "auto"] }}
        tooltipProps={{ labelFormatter: timeOf }}
        lineProps={{ isAnimationActive: !isStill && rows.length < 2 }}
        lineChartProps={{ accessibilityLayer: false }}
      />
    </Box>
  );
}
