// The list of an account's assistants. Without any it is the way to buy the first one.
import { Button, Group, Loader, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type Deployment, listQuery } from "../api/deployments.ts";
import { Moment } from "../parts/moment.tsx";
import { PageLink } from "../parts/page-link.tsx";
import { RefusalAlert } from "../parts/refusal-alert.tsx";
import { StateDot } from "../parts/state-dot.tsx";
import { useTitle } from "../parts/use-title.ts";
import { BuyCard } from "./buy/buy-card.tsx";

export function AssistantsPage() {
  useTitle("Assistants");
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    listQuery({}),
  );
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Stack>
      <Title order={1} size="h2">
        Assistants
      </Title>
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {rows.length > 0 && <AssistantTable rows={rows} />}
      {data && rows.length === 0 && <BuyCard />}
      {hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function AssistantTable({ rows }: { readonly rows: readonly Deployment[] }) {
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table highlightOnHover verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Model</Table.Th>
            <Table.Th>Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row key={row.deploymentId} row={row} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ row }: { readonly row: Deployment }) {
  return (
    <Table.Tr>
      <Table.Td>
        <PageLink to="/assistants/$id" params={{ id: row.deploymentId }} fw={600}>
          <bdi>{row.name ?? `Slot ${row.deploymentId.slice(0, 8)}`}</bdi>
        </PageLink>
      </Table.Td>
      <Table.Td>
        <StateDot status={row.status} />
      </Table.Td>
      <Table.Td>
        <Text span inherit>
          {row.modelId ?? "–"}
        </Text>
      </Table.Td>
      <Table.Td>
        <Moment at={row.updatedAt} />
      </Table.Td>
    </Table.Tr>
  );
}
