import { Stack, Table, Text } from "@mantine/core";
import type { ListedDeployment } from "../api/deployments.ts";
import { Moment } from "../parts/moment.tsx";
import { shownName } from "../parts/names.ts";
import { PageLink } from "../parts/page-link.tsx";
import { sentenceOf } from "../parts/sentence-of.ts";
import { SpendMeter, spent } from "../parts/spend-meter.tsx";
import { StateDot } from "../parts/state-dot.tsx";

export function AssistantTable({ rows }: { readonly rows: readonly ListedDeployment[] }) {
  return (
    <Table highlightOnHover verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th visibleFrom="md">Model</Table.Th>
          <Table.Th visibleFrom="md">Spent this month</Table.Th>
          <Table.Th visibleFrom="sm">Last activity</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Row key={row.deploymentId} row={row} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ row }: { readonly row: ListedDeployment }) {
  const sentence = sentenceOf(row)?.text;
  return (
    <Table.Tr>
      <Table.Td maw={380} style={{ overflowWrap: "anywhere" }}>
        <Stack gap={2}>
          <PageLink to="/assistants/$id" params={{ id: row.deploymentId }} fw={600}>
            <bdi>{shownName(row)}</bdi>
          </PageLink>
          <Text c="dimmed" hiddenFrom="md" style={{ overflowWrap: "anywhere" }}>
            {[row.modelId, spent(row.present.month)].filter(Boolean).join(", ")}
          </Text>
          {sentence && <Text lineClamp={2}>{sentence}</Text>}
        </Stack>
      </Table.Td>
      <Table.Td>
        <StateDot status={row.status} />
      </Table.Td>
      <Table.Td visibleFrom="md">
        <Text span inherit style={{ overflowWrap: "anywhere" }}>
          {row.modelId ?? "–"}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md">
        <SpendMeter use={row.present.month} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Moment at={row.lastActivityAt} />
      </Table.Td>
    </Table.Tr>
  );
}
