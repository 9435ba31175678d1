import { Box, Group, Loader, SegmentedControl, Select, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { BASE } from "../../../api/client.ts";
import { berthNow } from "../../../api/clock.ts";
import { modelUsageQuery, type UsageAsked, type UsageRow } from "../../../api/model-usage.ts";
import { useReadAgain } from "../../../api/use-events.ts";
import { count, shortCount } from "../../../parts/counts.ts";
import { CurlSnippet } from "../../../parts/curl-snippet.tsx";
import { money } from "../../../parts/money.ts";
import { plainText } from "../../../parts/plain-text.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { daysOf, PERIODS, type PeriodName, periodOf } from "./period.ts";
import { UsageTable } from "./usage-table.tsx";

const UsageChart = lazy(async () => ({ default: (await import("./usage-chart.tsx")).UsageChart }));

type Measure = "usd" | "tokens" | "requests";

const MEASURES = [
  { value: "usd", label: "Money" },
  { value: "tokens", label: "Tokens" },
  { value: "requests", label: "Requests" },
];
const FORMATS: Readonly<Record<Measure, (value: number) => string>> = {
  usd: money,
  tokens: shortCount,
  requests: count,
};
const LEAST: Readonly<Record<Measure, number>> = { usd: 0.01, tokens: 1, requests: 1 };
const CHART_PX = 240;

export function UsageReport({ id }: { readonly id: string }) {
  const [period, setPeriod] = useState<PeriodName>("month");
  const [by, setBy] = useState<UsageAsked["by"]>("day");
  const [measure, setMeasure] = useState<Measure>("usd");
  const asked = { ...periodOf(period, new Date(berthNow())), by };
  const { data, error, isPending } = useQuery(modelUsageQuery(id, asked));
  useReadAgain({ names: ["deployment"], id }, modelUsageQuery(id, asked).queryKey);
  return (
    <>
      <Group align="end">
        <Select
          label="Period"
          data={PERIODS}
          value={period}
          allowDeselect={false}
          w={180}
          onChange={(value) => setPeriod((value ?? "month") as PeriodName)}
        />
        <SegmentedControl
          aria-label="By"
          data={[
            { value: "day", label: "By day" },
            { value: "model", label: "By model" },
          ]}
          value={by}
          onChange={(value) => setBy(value as UsageAsked["by"])}
        />
        <SegmentedControl
          aria-label="What is drawn"
          data={MEASURES}
          value={measure}
          onChange={(value) => setMeasure(value as Measure)}
        />
      </Group>
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {data && data.rows.length === 0 && <Nothing id={id} {...asked} />}
      {data && data.rows.length > 0 && (
        <>
          <Box>
            <Suspense fallback={<Skeleton h={CHART_PX} />}>
              <UsageChart
                bars={by === "day" ? byDay(data.rows, daysOf(data), measure) : byModel(data.rows, measure)}
                isSideways={by === "model"}
                format={FORMATS[measure]}
                least={LEAST[measure]}
                label={`${MEASURES.find(({ value }) => value === measure)?.label} by ${by}`}
              />
            </Suspense>
          </Box>
          <UsageTable usage={data} by={by} />
        </>
      )}
    </>
  );
}

function Nothing({ id, from, to, by }: UsageAsked & { readonly id: string }) {
  return (
    <Stack maw={720}>
      <Text>
        It has asked no model from {from} to {to}. Days are of UTC.
      </Text>
      <CurlSnippet
        method="GET"
        url={`"${BASE}/api/v1/assistants/${id}/usage?from=${from}&to=${to}&by=${by}"`}
      />
    </Stack>
  );
}

/** Days without a row have used nothing. */
function byDay(rows: readonly UsageRow[], days: readonly string[], measure: Measure) {
  const values = new Map(rows.map((row) => [row.day, row[measure]]));
  return days.map((day) => ({ name: day, value: values.get(day) ?? 0 }));
}

function byModel(rows: readonly UsageRow[], measure: Measure) {
  return rows
    .map((row) => ({ name: plainText(row.model ?? "–"), value: row[measure] }))
    .toSorted((a, b) => b.value - a.value);
}
