// What an assistant uses: now, and in the last hour. The charts' code comes when they are shown first.
import { Card, Loader, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { lazy, Suspense } from "react";
import { type ChartRow, KEPT_MS, pastRows, type Sample } from "../../../api/samples.ts";
import type { PastSample } from "../../../api/shapes.ts";
import { Section } from "../../../parts/page.tsx";
import { bytes } from "../../../parts/units.ts";
import { useNow } from "../../../parts/use-now.ts";

const Chart = lazy(async () => ({ default: (await import("./chart.tsx")).Chart }));

interface Shown {
  readonly name: string;
  readonly now: (sample: Sample) => string;
  readonly series: readonly { readonly name: string; readonly value: (row: ChartRow) => number | null }[];
  readonly unit: (value: number) => string;
}

const UNKNOWN = "not measured yet";
const known = (value: number | null, words: (value: number) => string) =>
  value === null ? UNKNOWN : words(value);
const cores = (value: number) => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} % of a core`;
const percent = (value: number) => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
const perSecond = (value: number) => `${bytes(value)}/s`;

const SHOWN: readonly Shown[] = [
  {
    name: "CPU",
    now: ({ cpuCores }) => known(cpuCores, cores),
    series: [{ name: "CPU", value: ({ cpuCores }) => cpuCores }],
    unit: percent,
  },
  {
    name: "Memory",
    now: ({ memoryBytes, memoryLimitBytes }) =>
      known(memoryBytes, (used) => `${bytes(used)} of ${bytes(memoryLimitBytes)}`),
    series: [{ name: "Memory", value: ({ memoryBytes }) => memoryBytes }],
    unit: bytes,
  },
  {
    name: "Network",
    now: ({ receivedBytes, sentBytes }) =>
      known(receivedBytes, (received) => `${bytes(received)} received, ${known(sentBytes, bytes)} sent`),
    series: [
      { name: "Received", value: ({ receivedPerSecond }) => receivedPerSecond },
      { name: "Sent", value: ({ sentPerSecond }) => sentPerSecond },
    ],
    unit: perSecond,
  },
  {
    name: "Data",
    now: ({ stateUsedBytes, stateLimitBytes }) =>
      known(stateUsedBytes, (used) => bytes(used) + (stateLimitBytes ? ` of ${bytes(stateLimitBytes)}` : "")),
    series: [{ name: "Data", value: ({ stateUsedBytes }) => stateUsedBytes }],
    unit: bytes,
  },
];

interface MetricsProps {
  /** Measured since the page was opened, while it runs; the newest last. */
  readonly samples: readonly Sample[];
  readonly past: readonly PastSample[];
}

/** Nothing where nothing is known. */
export function Metrics({ samples, past }: MetricsProps) {
  const now = useNow();
  const last = samples.at(-1);
  if (!last && past.length === 0) return null;
  const hasPast = past.length > 0;
  const rows = hasPast ? pastRows(past) : samples;
  const period = hasPast ? ([now - KEPT_MS, now] as const) : undefined;
  return (
    <Section title="What it uses">
      <Text c="dimmed">
        {hasPast
          ? "The last hour, as it was measured. Where a line is missing, it did not run or was not measured."
          : "Measured every 15 seconds since this page was opened."}
      </Text>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {SHOWN.map((shown) => (
          <Metric key={shown.name} shown={shown} rows={rows} last={last} period={period} />
        ))}
      </SimpleGrid>
    </Section>
  );
}

interface MetricProps {
  readonly shown: Shown;
  readonly rows: readonly ChartRow[];
  readonly last: Sample | undefined;
  readonly period: readonly [number, number] | undefined;
}

function Metric({ shown: { name, now, series, unit }, rows, last, period }: MetricProps) {
  const points = rows.map((row) => ({
    at: row.at,
    ...Object.fromEntries(series.map(({ name, value }) => [name, value(row)])),
  }));
  const isMeasured = rows.some((row) => series.some(({ value }) => value(row) !== null));
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Title order={3} size="h5">
          {name}
        </Title>
        <Text>{last ? now(last) : "It does not run now."}</Text>
        {isMeasured && (
          <Suspense fallback={<Loader aria-label="Loading" />}>
            <Chart
              label={name}
              rows={points}
              series={series.map(({ name }) => name)}
              unit={unit}
              period={period}
            />
          </Suspense>
        )}
      </Stack>
    </Card>
  );
}
