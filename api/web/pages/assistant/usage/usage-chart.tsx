// Loaded when there is something to draw: the charts' library is large.
import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";
import { heightsOf, roundStep } from "../../../parts/units.ts";

interface UsageChartProps {
  readonly bars: readonly { readonly name: string; readonly value: number }[];
  /** Bars that lie, for names that are long. */
  readonly isSideways: boolean;
  readonly format: (value: number) => string;
  /** What its lines are apart at least: less can't be written. */
  readonly least: number;
  readonly label: string;
}

const BAR_PX = 40;

/** The table below it has the same numbers: to a screen reader it is one picture. */
export function UsageChart({ bars, isSideways, format, least, label }: UsageChartProps) {
  const highest = Math.max(0, ...bars.map(({ value }) => value));
  const heights = heightsOf(highest, (about) => Math.max(least, roundStep(about)));
  const values = { domain: [0, heights.at(-1) ?? 0], ticks: heights, interval: 0 } as const;
  return (
    <div role="img" aria-label={`${label}, as bars; the table below has the numbers.`}>
      <BarChart
        h={isSideways ? Math.max(bars.length * BAR_PX + 60, 120) : 240}
        data={[...bars]}
        dataKey="name"
        orientation={isSideways ? "vertical" : "horizontal"}
        series={[{ name: "value", label, color: "teal.7" }]}
        valueFormatter={format}
        {...(isSideways
          ? {
              xAxisProps: { type: "number", ...values },
              yAxisProps: { width: 150, tickFormatter: shortName },
            }
          : { xAxisProps: { tickFormatter: shortDay }, yAxisProps: { width: 72, ...values } })}
        barChartProps={{ accessibilityLayer: false }}
        barProps={{ isAnimationActive: false }}
        maxBarWidth={32}
        gridAxis={isSideways ? "y" : "x"}
      />
    </div>
  );
}

const DAY = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });

function shortDay(day: string): string {
  return DAY.format(new Date(day));
}

function shortName(name: string): string {
  return name.length > 20 ? `${name.slice(0, 19)}…` : name;
}
