// The operator's switch: what is stopped gets no answer from its models, at once and in every process.
import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  type Installation,
  resumeModels,
  type Stopped,
  stopModels,
  stopsQuery,
} from "../../../api/operator.ts";
import { ConfirmDialog } from "../../../parts/confirm-dialog.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { PROVIDERS } from "../../../parts/providers.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";
import { WordDot } from "../../../parts/word-dot.tsx";

const CHOICES: readonly { readonly value: Stopped; readonly label: string }[] = [
  { value: "all", label: "All providers" },
  ...PROVIDERS,
];

const STOPPED = { word: "Stopped", colour: "red" };
const LET_THROUGH = { word: "Let through", colour: "green" };

export function ModelSwitch({ gateway }: { readonly gateway: Installation["modelGateway"] }) {
  const stops = useQuery(stopsQuery);
  return (
    <Stack gap="sm">
      <Text>{sentenceOf(gateway)}</Text>
      <RefusalAlert error={stops.error} />
      {gateway && stops.data && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Provider</Table.Th>
              <Table.Th>Requests</Table.Th>
              <Table.Th ta="right">Switch</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {CHOICES.map(({ value, label }) => (
              <Row
                key={value}
                provider={value}
                name={label}
                since={stops.data.find((stop) => stop.provider === value)?.since}
              />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}

function sentenceOf(gateway: Installation["modelGateway"]): string {
  if (!gateway)
    return "There is none: assistants have their models' keys themselves, and nothing can be stopped here.";
  const keys = gateway.hasCustomersKeys ? "all keys, customers' own too" : "the operator's own keys alone";
  const reach = gateway.reach === "names" ? "by the providers' own names" : "by a URL";
  return `Assistants ask their models through it, ${reach}. It keeps ${keys}.`;
}

interface RowProps {
  readonly provider: Stopped;
  readonly name: string;
  readonly since: string | undefined;
}

function Row({ provider, name, since }: RowProps) {
  const readOnly = useWhyNot(null);
  const queryClient = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const isStopped = since !== undefined;
  const change = useAction({
    mutationFn: () => (isStopped ? resumeModels(provider) : stopModels(provider)),
    onSuccess(stops) {
      setAsking(false);
      queryClient.setQueryData(stopsQuery.queryKey, stops);
    },
  });
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td>
        <WordDot {...(isStopped ? STOPPED : LET_THROUGH)} />
        {isStopped && (
          <Text c="dimmed">
            <Moment at={since} />
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Group justify="end">
          <Unless reason={readOnly}>
            {isStopped ? (
              <Button
                size="xs"
                loading={change.isPending}
                onClick={() => change.mutate()}
                aria-label={`Resume ${name}`}
              >
                Resume
              </Button>
            ) : (
              <Button
                size="xs"
                variant="light"
                color="red"
                onClick={() => setAsking(true)}
                aria-label={`Stop ${name}`}
              >
                Stop
              </Button>
            )}
          </Unless>
        </Group>
        <ConfirmDialog
          title={`Stop ${name}?`}
          isOpen={isAsking}
          verb="Stop"
          isDangerous
          isPending={change.isPending}
          error={change.error}
          onConfirm={() => change.mutate()}
          onClose={() => setAsking(false)}
        >
          <Text>
            No assistant gets an answer from {provider === "all" ? "any model" : `a model of ${name}`} until
            you resume it. What is under way is broken off within a second.
          </Text>
        </ConfirmDialog>
      </Table.Td>
    </Table.Tr>
  );
}
