import { Stack, Table, Text } from "@mantine/core";
import type { FleetMember } from "../../../api/fleet.ts";
import { shownName } from "../../../parts/names.ts";
import { PageLink } from "../../../parts/page-link.tsx";
import { SpendMeter, spent } from "../../../parts/spend-meter.tsx";
import { StateDot } from "../../../parts/state-dot.tsx";
import { bytes } from "../../../parts/units.ts";
import { imageStanding } from "./image-standing.ts";
import { ImageState } from "./image-state.tsx";
import { SentenceOf } from "./sentence-of.tsx";

export function FleetTable({ rows }: { readonly rows: readonly FleetMember[] }) {
  return (
    <Table highlightOnHover verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th visibleFrom="md">Account</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th visibleFrom="sm">Image</Table.Th>
          <Table.Th visibleFrom="lg">Data</Table.Th>
          <Table.Th visibleFrom="lg">Spent this month</Table.Th>
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

function Row({ row }: { readonly row: FleetMember }) {
  const data = row.stateUsedBytes === null ? null : bytes(row.stateUsedBytes);
  const image = imageStanding(row);
  return (
    <Table.Tr>
      <Table.Td maw={420} style={{ overflowWrap: "anywhere" }}>
        <Stack gap={2}>
          <PageLink to="/operator/fleet/$id" params={{ id: row.deploymentId }} fw={600}>
            <bdi>{shownName(row)}</bdi>
          </PageLink>
          <Text c="dimmed" hiddenFrom="md" style={{ overflowWrap: "anywhere" }}>
            <bdi>{row.account}</bdi>
          </Text>
          <Text c="dimmed" hiddenFrom="lg">
            {[data, spent(row.present.month)].filter(Boolean).join(", ")}
          </Text>
          {image && (
            <Text c="dimmed" hiddenFrom="sm">
              Image: {image.word.toLowerCase()}
            </Text>
          )}
          <SentenceOf member={row} />
        </Stack>
      </Table.Td>
      <Table.Td visibleFrom="md" maw={240} style={{ overflowWrap: "anywhere" }}>
        <bdi>{row.account}</bdi>
      </Table.Td>
      <Table.Td>
        <StateDot status={row.status} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <ImageState member={row} />
      </Table.Td>
      <Table.Td visibleFrom="lg" style={{ whiteSpace: "nowrap" }}>
        {data ?? "–"}
      </Table.Td>
      <Table.Td visibleFrom="lg" style={{ whiteSpace: "nowrap" }}>
        <SpendMeter use={row.present.month} />
      </Table.Td>
    </Table.Tr>
  );
}
