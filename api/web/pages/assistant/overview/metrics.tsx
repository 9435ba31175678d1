// What an assistant uses: now, and since the page was opened. The charts' code comes when they are shown first.
import { Card, Loader, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { Sample } from "../../../api/metrics.ts";
import { Section } from "../../../parts/page.tsx";
import { bytes } from "../../../parts/units.ts";

const Chart = lazy(async () => ({ default: (await import("./chart.tsx")).Chart }));

interface Shown {
  readonly name: string;
  readonly now: (sample: Sample) => string;
  readonly series: readonly { readonly name: string; readonly value: (sample: Sample) => number | null }[];
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

export function Metrics({ samples }: { readonly samples: readonly Sample[] }) {
  const last = samples.at(-1);
  if (!last) return null;
  return (
    <Section title="What it uses">
      <Text c="dimmed">Measured every 15 seconds since this page was opened, for the last hour at most.</Text>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {SHOWN.map((shown) => (
          <Metric key={shown.name} shown={shown} samples={samples} last={last} />
        ))}
      </SimpleGrid>
    </Section>
  );
}

interface MetricProps {
  readonly shown: Shown;
  readonly samples: readonly Sample[];
  readonly last: Sample;
}

function Metric({ shown: { name, now, series, unit }, samples, last }: MetricProps) {
  const rows = samples.map((sample) => ({
    at: sample.at,
    ...Object.fromEntries(series.map(({ name, value }) => [name, value(sample)])),
  }));
  const isMeasured = series.some(({ value }) => value(last) !== null);
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Title order={3} size="h5">
          {name}
        </Title>
        <Text>{now(last)}</Text>
        {isMeasured && (
          <Suspense fallback={<Loader aria-label="Loading" />}>
            <Chart label={name} rows={rows} series={series.map(({ name }) => name)} unit={unit} />
          </Suspense>
        )}
      </Stack>
    </Card>
  );
}
