// What an assistant uses: now, and in the last hour. The charts' code comes when they are shown first.
import { Card, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { lazy, Suspense } from "react";
import { type ChartRow, KEPT_MS, pastRows, type Sample } from "../../../api/samples.ts";
import type { PastSample } from "../../../api/shapes.ts";
import { Section } from "../../../parts/page.tsx";
import { bytes, roundBytes, roundStep } from "../../../parts/units.ts";
import { useNow } from "../../../parts/use-now.ts";

const Chart = lazy(async () => ({ default: (await import("./chart.tsx")).Chart }));

interface Shown {
  readonly name: string;
  readonly now: (sample: Sample) => string;
  readonly series: readonly { readonly name: string; readonly value: (row: ChartRow) => number | null }[];
  readonly unit: (value: number) => string;
  /** A round step of about that size. */
  readonly step: (about: number) => number;
}

const CHART_PX = 160;
const UNKNOWN = "Not measured yet.";
/** On Docker it is always known. */
const NO_NETWORK = "On AWS and Kubernetes, Berth can't count what it receives and sends.";
/** On AWS it never is. */
const NO_DATA = "Not measured.";
const known = (value: number | null, words: (value: number) => string) =>
  value === null ? UNKNOWN : words(value);
const percent = (value: number) => `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;
const cores = (value: number) => `${percent(value)} of a core`;
const perSecond = (value: number) => `${bytes(value)}/s`;

const SHOWN: readonly Shown[] = [
  {
    name: "CPU",
    now: ({ cpuCores }) => known(cpuCores, cores),
    series: [{ name: "CPU", value: ({ cpuCores }) => cpuCores }],
    unit: percent,
    step: roundStep,
  },
  {
    name: "Memory",
    now: ({ memoryBytes, memoryLimitBytes }) =>
      known(memoryBytes, (used) => `${bytes(used)} of ${bytes(memoryLimitBytes)}`),
    series: [{ name: "Memory", value: ({ memoryBytes }) => memoryBytes }],
    unit: bytes,
    step: roundBytes,
  },
  {
    name: "Network",
    now: ({ receivedBytes, sentBytes }) =>
      receivedBytes === null || sentBytes === null
        ? NO_NETWORK
        : `${bytes(receivedBytes)} received, ${bytes(sentBytes)} sent`,
    series: [
      { name: "Received", value: ({ receivedPerSecond }) => receivedPerSecond },
      { name: "Sent", value: ({ sentPerSecond }) => sentPerSecond },
    ],
    unit: perSecond,
    step: roundBytes,
  },
  {
    name: "Data",
    now: ({ stateUsedBytes, stateLimitBytes }) =>
      stateUsedBytes === null
        ? NO_DATA
        : bytes(stateUsedBytes) + (stateLimitBytes ? ` of ${bytes(stateLimitBytes)}` : ""),
    series: [{ name: "Data", value: ({ stateUsedBytes }) => stateUsedBytes }],
    unit: bytes,
    step: roundBytes,
  },
];

interface MetricsProps {
  /** Measured since the page was opened, while it runs; the newest last. */
  readonly samples: readonly Sample[];
  readonly past: readonly PastSample[];
  /** Said of the present where there is no sample. */
  readonly otherwise: string;
}

/** Nothing where nothing is known. */
export function Metrics({ samples, past, otherwise }: MetricsProps) {
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
          <Metric
            key={shown.name}
            shown={shown}
            rows={rows}
            present={last ? shown.now(last) : otherwise}
            period={period}
          />
        ))}
      </SimpleGrid>
    </Section>
  );
}

interface MetricProps {
  readonly shown: Shown;
  readonly rows: readonly ChartRow[];
  /** What it uses now, in words. */
  readonly present: string;
  readonly period: readonly [number, number] | undefined;
}

function Metric({ shown: { name, series, unit, step }, rows, present, period }: MetricProps) {
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
        <Text mb="xs">{present}</Text>
        {isMeasured && (
          <Suspense fallback={<Skeleton h={CHART_PX} />}>
            <Chart
              label={name}
              rows={points}
              series={series.map(({ name }) => name)}
              unit={unit}
              step={step}
              period={period}
            />
          </Suspense>
        )}
      </Stack>
    </Card>
  );
}
