import { Stack, Table, Text, Title } from "@mantine/core";
import type { Shapes } from "../../../api/client.ts";
import { Moment } from "../../../parts/moment.tsx";
import { duration } from "../../../parts/units.ts";

type Update = Shapes["Stack"]["history"][number];

/** The last updates of a stack, newest first. */
export function StackHistory({ updates }: { readonly updates: readonly Update[] }) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h4">
        History
      </Title>
      {updates.length === 0 && <Text>No update yet.</Text>}
      {updates.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Update</Table.Th>
              <Table.Th>Result</Table.Th>
              <Table.Th visibleFrom="sm">Changes</Table.Th>
              <Table.Th>Begun</Table.Th>
              <Table.Th visibleFrom="sm">Took</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {updates.map((update) => (
              <Table.Tr key={`${update.version} ${update.startTime}`}>
                <Table.Td>{[update.version, update.kind].filter(Boolean).join(" ")}</Table.Td>
                <Table.Td>{update.result ?? "–"}</Table.Td>
                <Table.Td visibleFrom="sm">{changesOf(update)}</Table.Td>
                <Table.Td>
                  <Moment at={update.startTime} />
                </Table.Td>
                <Table.Td visibleFrom="sm">{tookOf(update)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}

function changesOf({ resourceChanges = {} }: Update): string {
  const changes = Object.entries(resourceChanges).filter(([kind]) => kind !== "same");
  return changes.length > 0 ? changes.map(([kind, count]) => `${count} ${kind}`).join(", ") : "none";
}

function tookOf({ startTime, endTime }: Update): string {
  return endTime ? duration((Date.parse(endTime) - Date.parse(startTime)) / 1_000) : "–";
}
