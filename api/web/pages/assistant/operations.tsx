// What was done to an assistant: the latest hundred operations, each with its cause and its log.
import { Accordion, Box, Group, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Operation } from "../../api/deployments.ts";
import { operationsQuery } from "../../api/operations.ts";
import { Moment } from "../../parts/moment.tsx";
import { OPERATION_KINDS, OPERATION_STATES } from "../../parts/operation-words.ts";
import { Section } from "../../parts/page.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { duration } from "../../parts/units.ts";
import { WordDot } from "../../parts/word-dot.tsx";
import { OperationDetails } from "./operations/operation-details.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function OperationsTab() {
  const { id } = route.useParams();
  const { data: operations, error, isPending } = useQuery(operationsQuery(id));
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Section title="Operations">
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {operations?.length === 0 && <Text>Nothing was done to it yet.</Text>}
      <Accordion variant="contained" order={3} value={open} onChange={setOpen}>
        {operations?.map((operation) => (
          <Accordion.Item key={operation.id} value={operation.id}>
            <Accordion.Control>
              <Summary operation={operation} />
            </Accordion.Control>
            <Accordion.Panel>
              {open === operation.id && <OperationDetails id={id} operation={operation} />}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Section>
  );
}

function Summary({ operation }: { readonly operation: Operation }) {
  const { kind, state, createdAt, startedAt, finishedAt } = operation;
  const took =
    startedAt && finishedAt ? duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000) : null;
  return (
    <Group gap="sm">
      <Text fw={600} miw={120}>
        {OPERATION_KINDS[kind]}
      </Text>
      <Box miw={{ sm: 140 }}>
        <WordDot {...OPERATION_STATES[state]} />
      </Box>
      <Text>
        <Moment at={createdAt} />
        {took && `, took ${took}`}
      </Text>
    </Group>
  );
}
