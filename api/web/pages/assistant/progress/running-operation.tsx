import {
  Card,
  Center,
  Group,
  List,
  Loader,
  type LoaderProps,
  Stack,
  Text,
  ThemeIcon,
  Title,
} from "@mantine/core";
import type { Deployment, Operation } from "../../../api/deployments.ts";
import { useRunningLog } from "../../../api/operations.ts";
import { Said } from "../../../parts/said.tsx";
import { duration } from "../../../parts/units.ts";
import { CancelButton } from "./cancel-button.tsx";
import { remarksOf, type Step, stepsOf } from "./steps.ts";
import { useSeconds } from "./use-seconds.ts";

interface RunningOperationProps {
  readonly deployment: Deployment;
  readonly operation: Operation;
}

/** What is being done to an assistant, step by step. */
export function RunningOperation({ deployment, operation }: RunningOperationProps) {
  const { deploymentId: id } = deployment;
  const entries = useRunningLog(id, operation.id);
  const steps = stepsOf(entries);
  const remarks = remarksOf(entries);
  const now = useSeconds();
  const seconds = (now - Date.parse(operation.startedAt ?? operation.createdAt)) / 1_000;
  return (
    <Card withBorder component="section" aria-label="Progress">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={2} size="h4">
            {operation.state === "queued" ? "Waits for its turn" : "In progress"}
          </Title>
          <Group gap="sm">
            <Text c="dimmed" aria-hidden>
              {duration(seconds)}
            </Text>
            {isBringUp(operation) && <CancelButton deployment={deployment} operationId={operation.id} />}
          </Group>
        </Group>
        <List listStyleType="none" spacing={6} aria-live="polite">
          {operation.state === "running" && steps.length === 0 && (
            <List.Item icon={<Turning aria-hidden />}>Get ready</List.Item>
          )}
          {steps.map((step) => (
            <StepItem key={step.key} step={step} now={now} />
          ))}
        </List>
        {remarks.length > 0 && <Said text={remarks.join("\n")} />}
      </Stack>
    </Card>
  );
}

function isBringUp({ kind }: Operation): boolean {
  return kind === "activate" || kind === "redeploy";
}

const MARK_PX = 18;
const MARKS = { done: ["✓", "teal"], failed: ["✗", "red"] } as const;

export function StepItem({ step, now }: { readonly step: Step; readonly now: number }) {
  const { state, words, from, until } = step;
  const seconds = ((until ?? now) - from) / 1_000;
  return (
    <List.Item icon={<StepMark state={state} />}>
      <bdi>{words}</bdi>
      {state === "failed" && " (failed)"}
      {seconds >= 1 && " "}
      <Text span c="dimmed" aria-hidden={until === null} style={{ whiteSpace: "nowrap" }}>
        {seconds >= 1 && duration(seconds)}
      </Text>
    </List.Item>
  );
}

function StepMark({ state }: Pick<Step, "state">) {
  if (state === "running") return <Turning role="img" aria-label="Running" />;
  const [mark, colour] = MARKS[state];
  return (
    <ThemeIcon size={MARK_PX} radius="xl" color={colour} variant="light" aria-hidden>
      {mark}
    </ThemeIcon>
  );
}

/** As large as a mark: what is written beside it stays in its place. */
function Turning(props: LoaderProps) {
  return (
    <Center w={MARK_PX} h={MARK_PX}>
      <Loader size={14} {...props} />
    </Center>
  );
}
