import { Alert, List, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Operation } from "../../../api/deployments.ts";
import { operationLogQuery } from "../../../api/operations.ts";
import { inLines } from "../../../parts/in-lines.ts";
import { plainText } from "../../../parts/plain-text.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Said } from "../../../parts/said.tsx";
import { isLive } from "../headline/headline.ts";
import { StepItem } from "../progress/running-operation.tsx";
import { remarksOf, stepsOf } from "../progress/steps.ts";

interface OperationDetailsProps {
  readonly id: string;
  readonly operation: Operation;
}

/** Its cause, and its log as steps. The log of one that runs stands at the top of the page. */
export function OperationDetails({ id, operation }: OperationDetailsProps) {
  return (
    <Stack gap="sm">
      {operation.error && <CauseAlert {...operation.error} />}
      {isLive(operation) ? (
        <Text>It has not ended: its steps stand above.</Text>
      ) : (
        <PastLog id={id} operation={operation} />
      )}
      <Text size="xs">Operation {operation.id}</Text>
    </Stack>
  );
}

function CauseAlert({ code, message }: NonNullable<Operation["error"]>) {
  const { sentence, said } = inLines(plainText(message));
  return (
    <Alert color="red" title={sentence} styles={{ title: { overflowWrap: "anywhere" } }}>
      <Stack gap="xs">
        {said && <Said text={said} />}
        <Text size="xs" c="dimmed">
          Cause {plainText(code)}
        </Text>
      </Stack>
    </Alert>
  );
}

function PastLog({ id, operation }: OperationDetailsProps) {
  const { data: entries, error, isPending } = useQuery(operationLogQuery(id, operation.id));
  if (isPending) return <Loader aria-label="Loading" />;
  const steps = stepsOf(entries ?? []);
  const remarks = remarksOf(entries ?? []);
  const isEmpty = steps.length === 0 && remarks.length === 0;
  return (
    <>
      <RefusalAlert error={error} />
      {entries && isEmpty && <Text>Its log has no step: nothing was made or changed.</Text>}
      <List listStyleType="none" spacing={6}>
        {steps.map((step) => (
          <StepItem key={step.key} step={step} now={step.from} />
        ))}
      </List>
      {remarks.length > 0 && <Said text={remarks.join("\n")} />}
    </>
  );
}
