// Present use against the limits that hold, and the customer's own limits.
import { Alert, Progress, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { berthNow } from "../../../api/clock.ts";
import { type Deployment, statusQuery } from "../../../api/deployments.ts";
import { type ModelUsage, modelUsageQuery } from "../../../api/model-usage.ts";
import { count, counted } from "../../../parts/counts.ts";
import { Moment } from "../../../parts/moment.tsx";
import { money } from "../../../parts/money.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { LimitsForm } from "./limits-form.tsx";
import { periodOf } from "./period.ts";

type Window = ModelUsage["present"]["month"];

const WINDOWS = [
  { key: "month", label: "This month" },
  { key: "day", label: "Today" },
  { key: "minute", label: "This minute" },
] as const;

export function LimitsCard({ deployment }: { readonly deployment: Deployment }) {
  const { deploymentId: id } = deployment;
  const asked = { ...periodOf("month", new Date(berthNow())), by: "day" } as const;
  const { data: usage, error } = useQuery(modelUsageQuery(id, asked));
  return (
    <>
      <LimitWarning id={id} />
      <RefusalAlert error={error} />
      {usage && (
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          {WINDOWS.map(({ key, label }) => (
            <WindowUse key={key} label={label} use={usage.present[key]} isMinute={key === "minute"} />
          ))}
        </SimpleGrid>
      )}
      {usage && (
        <Text>
          {usage.requestsAtOnce === null
            ? `Requests under way now: ${count(usage.openRequests)}. How many go on at once is not limited.`
            : `Under way now: ${count(usage.openRequests)} of ${counted(usage.requestsAtOnce, "request")} at once.`}
        </Text>
      )}
      <LimitsForm key={JSON.stringify(deployment.limits)} deployment={deployment} />
    </>
  );
}

/** In the API's words, with until when a limit holds. */
function LimitWarning({ id }: { readonly id: string }) {
  const { data: status } = useQuery(statusQuery(id));
  const { cause, since } = status?.warning ?? {};
  if (!cause || !since || !cause.code.startsWith("LIMIT_")) return null;
  return (
    <Alert color={cause.code === "LIMIT_REACHED" ? "red" : "yellow"} title={cause.message}>
      <Text>
        Since <Moment at={since} />.
      </Text>
    </Alert>
  );
}

interface WindowUseProps {
  readonly label: string;
  readonly use: Window;
  readonly isMinute: boolean;
}

function WindowUse({ label, use, isMinute }: WindowUseProps) {
  const isReached = reached(use.usd, use.limitUsd) || reached(use.tokens, use.limitTokens);
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {label}
      </Title>
      <Amount label="Money" used={use.usd} limit={use.limitUsd} format={money} />
      <Amount label="Tokens" used={use.tokens} limit={use.limitTokens} format={count} />
      <Text size="xs">
        {isReached ? "Its limit is reached: models are refused until it starts again " : "Starts again "}
        {isMinute ? "with the next minute" : <Moment at={use.until} />}.
      </Text>
    </Stack>
  );
}

interface AmountProps {
  readonly label: string;
  readonly used: number;
  readonly limit: number | null;
  readonly format: (value: number) => string;
}

function Amount({ label, used, limit, format }: AmountProps) {
  const share = limit === null ? 0 : limit === 0 ? 100 : Math.min((used / limit) * 100, 100);
  return (
    <Stack gap={4}>
      <Text>
        {label}: {format(used)}
        {limit === null ? ", no limit" : ` of ${format(limit)}`}
      </Text>
      {limit !== null && (
        <Progress
          value={share}
          aria-label={`${label} used, in per cent of the limit`}
          color={share >= 100 ? "red" : share >= 80 ? "yellow" : "teal"}
        />
      )}
    </Stack>
  );
}

function reached(used: number, limit: number | null): boolean {
  return limit !== null && used >= limit;
}
