// What was done to an assistant: the latest hundred operations, each with its cause and its log.
import { Accordion, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Operation } from "../../api/deployments.ts";
import { operationsQuery } from "../../api/operations.ts";
import { Moment } from "../../parts/moment.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { duration } from "../../parts/units.ts";
import { WordDot } from "../../parts/word-dot.tsx";
import { OperationDetails } from "./operations/operation-details.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

const KINDS: Readonly<Record<Operation["kind"], string>> = {
  prepare: "Prepared",
  activate: "Activated",
  redeploy: "Redeployed",
  patch: "Settings changed",
  stop: "Stopped",
  suspend: "Suspended",
  backup: "Backed up",
  restore: "Restored",
  adopt: "Moved",
  delete: "Deleted",
  crash: "Crashed",
};
const STATES: Readonly<Record<Operation["state"], { readonly word: string; readonly colour: string }>> = {
  queued: { word: "Waiting", colour: "gray" },
  running: { word: "Running", colour: "cyan" },
  succeeded: { word: "Succeeded", colour: "green" },
  failed: { word: "Failed", colour: "red" },
  cancelled: { word: "Cancelled", colour: "gray" },
};

export function OperationsTab() {
  const { id } = route.useParams();
  const { data: operations, error, isPending } = useQuery(operationsQuery(id));
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Stack maw={960}>
      <Title order={2} size="h3">
        Operations
      </Title>
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
    </Stack>
  );
}

function Summary({ operation }: { readonly operation: Operation }) {
  const { kind, state, createdAt, startedAt, finishedAt } = operation;
  const took =
    startedAt && finishedAt ? duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000) : null;
  return (
    <Group gap="sm">
      <Text fw={600}>{KINDS[kind]}</Text>
      <WordDot {...STATES[state]} />
      <Text size="sm">
        <Moment at={createdAt} />
        {took && `, took ${took}`}
      </Text>
    </Group>
  );
}
