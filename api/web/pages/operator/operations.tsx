// What is being carried out for all accounts, and what waits for its turn.
import { Loader, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import {
  type LiveOperation,
  liveOperationsQuery,
  MOST_OPERATIONS,
  operatorKeys,
} from "../../api/operator.ts";
import { ANY_CHANGE, useReadAgain } from "../../api/use-events.ts";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { OPERATION_KINDS, OPERATION_STATES } from "../../parts/operation-words.ts";
import { Page, Section } from "../../parts/page.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { plainText } from "../../parts/plain-text.ts";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { duration } from "../../parts/units.ts";
import { useNow } from "../../parts/use-now.ts";
import { WordDot } from "../../parts/word-dot.tsx";

export function OperationsPage() {
  useReadAgain({ names: ANY_CHANGE }, operatorKeys.liveOperations);
  const { data, error, isPending } = useQuery(liveOperationsQuery);
  const running = data?.filter(({ operation }) => operation.state === "running") ?? [];
  const waiting = data?.filter(({ operation }) => operation.state === "queued") ?? [];
  return (
    <Page title="Operations">
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {data && (
        <Text role="status">
          {data.length === 0
            ? "Nothing is being carried out, and nothing waits."
            : `${running.length} being carried out, ${waiting.length} waiting.`}
          {data.length >= MOST_OPERATIONS && " More than these may wait."}
        </Text>
      )}
      {running.length > 0 && (
        <Section title="Being carried out">
          <OperationTable operations={running} />
        </Section>
      )}
      {waiting.length > 0 && (
        <Section title="Waiting for their turn">
          <OperationTable operations={waiting} />
        </Section>
      )}
    </Page>
  );
}

function OperationTable({ operations }: { readonly operations: readonly LiveOperation[] }) {
  return (
    <Table verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Deployment</Table.Th>
          <Table.Th visibleFrom="md">Account</Table.Th>
          <Table.Th>Operation</Table.Th>
          <Table.Th visibleFrom="sm">Accepted</Table.Th>
          <Table.Th visibleFrom="sm">So far</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {operations.map((one) => (
          <Row key={one.operation.id} live={one} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ live }: { readonly live: LiveOperation }) {
  const { deploymentId, account, operation, progress } = live;
  const { kind, state } = operation;
  return (
    <Table.Tr>
      <Table.Td maw={420} style={{ overflowWrap: "anywhere" }}>
        <PageLink to="/operator/fleet/$id" params={{ id: deploymentId }} fw={600}>
          <bdi>{shownName(live)}</bdi>
        </PageLink>
        <Text c="dimmed" hiddenFrom="md" style={{ overflowWrap: "anywhere" }}>
          <bdi>{account}</bdi>
        </Text>
        {progress !== null && <Text style={{ overflowWrap: "anywhere" }}>{plainText(progress)}</Text>}
      </Table.Td>
      <Table.Td visibleFrom="md" maw={240} style={{ overflowWrap: "anywhere" }}>
        <bdi>{account}</bdi>
      </Table.Td>
      <Table.Td>
        <WordDot word={OPERATION_KINDS[kind]} colour={OPERATION_STATES[state].colour} />
      </Table.Td>
      <Table.Td visibleFrom="sm" style={{ whiteSpace: "nowrap" }}>
        <Moment at={operation.createdAt} />
      </Table.Td>
      <Table.Td visibleFrom="sm" style={{ whiteSpace: "nowrap" }}>
        <SoFar since={operation.startedAt ?? operation.createdAt} />
      </Table.Td>
    </Table.Tr>
  );
}

function SoFar({ since }: { readonly since: string }) {
  const now = useNow();
  return <Text inherit>{duration((now - Date.parse(since)) / 1_000)}</Text>;
}
