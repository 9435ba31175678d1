import { Box, Button, List, Stack, Table, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type Callback, callbacksQuery, replayCallback } from "../../../api/callbacks.ts";
import type { Deployment } from "../../../api/deployments.ts";
import { counted } from "../../../parts/counts.ts";
import { Moment } from "../../../parts/moment.tsx";
import { plainText } from "../../../parts/plain-text.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";
import { WordDot, type WordDotProps } from "../../../parts/word-dot.tsx";

const STATES: Readonly<Record<Callback["state"], WordDotProps>> = {
  pending: { word: "Waiting", colour: "cyan" },
  delivered: { word: "Delivered", colour: "green" },
  failed: { word: "Given up", colour: "red" },
  disabled: { word: "Switched off", colour: "gray" },
};

interface CallbackTableProps {
  readonly callbacks: readonly Callback[];
  readonly deployment: Deployment;
}

export function CallbackTable({ callbacks, deployment }: CallbackTableProps) {
  return (
    <Table verticalSpacing="sm" horizontalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Event</Table.Th>
          <Table.Th>Delivery</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            Actions
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {callbacks.map((callback) => (
          <Row key={callback.id} callback={callback} deployment={deployment} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ callback, deployment }: { readonly callback: Callback; readonly deployment: Deployment }) {
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        {plainText(callback.type)}
        <Text size="xs" c="dimmed">
          <Moment at={callback.createdAt} />
        </Text>
      </Table.Td>
      <Table.Td>
        <Stack gap={4} align="start">
          <WordDot {...STATES[callback.state]} />
          {callback.state === "pending" && callback.nextAttemptAt !== null && (
            <Text size="xs">
              Next attempt: <Moment at={callback.nextAttemptAt} />
            </Text>
          )}
          <Attempts callback={callback} />
          <Box hiddenFrom="sm" mt={4}>
            <Replay callback={callback} deployment={deployment} />
          </Box>
        </Stack>
      </Table.Td>
      <Table.Td ta="right" visibleFrom="sm">
        <Replay callback={callback} deployment={deployment} />
      </Table.Td>
    </Table.Tr>
  );
}

function Attempts({ callback: { attempts } }: { readonly callback: Callback }) {
  const last = attempts.at(-1);
  if (!last) return <Text size="xs">No attempt yet</Text>;
  return (
    <Text component="details" size="xs">
      <summary>
        {counted(attempts.length, "attempt")}, the last: {resultOf(last)}
      </summary>
      <List size="xs" mt="xs" type="ordered">
        {attempts.map((attempt) => (
          <List.Item key={attempt.at}>
            <Moment at={attempt.at} />: {resultOf(attempt)}
          </List.Item>
        ))}
      </List>
    </Text>
  );
}

function resultOf({ statusCode, error }: Callback["attempts"][number]): string {
  if (statusCode !== null) return `answered ${statusCode}`;
  return error === null ? "no answer" : plainText(error);
}

function Replay({ callback, deployment }: { readonly callback: Callback; readonly deployment: Deployment }) {
  const { deploymentId: id, callbackUrl, callbackDisabledAt } = deployment;
  const queryClient = useQueryClient();
  const readOnly = useWhyNot(null);
  const replay = useAction({
    mutationFn: () => replayCallback(id, callback.id),
    onSuccess: () => queryClient.invalidateQueries(callbacksQuery(id)),
  });
  const nowhere =
    callbackUrl === null
      ? "This assistant has no callback URL."
      : callbackDisabledAt === null
        ? null
        : "Callbacks are switched off.";
  return (
    <>
      <Unless reason={readOnly ?? nowhere}>
        <Button variant="default" size="xs" loading={replay.isPending} onClick={() => replay.mutate()}>
          Send again
        </Button>
      </Unless>
      <RefusalAlert error={replay.error} />
    </>
  );
}
