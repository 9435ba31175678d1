import { Stack, Table, Text } from "@mantine/core";
import type { Installation } from "../../../api/operator.ts";
import { bytes } from "../../../parts/units.ts";

interface HostsProps {
  readonly hosts: Installation["hosts"];
  /** How many did not answer. */
  readonly silent: number;
  readonly target: string;
}

export function Hosts({ hosts, silent, target }: HostsProps) {
  return (
    <Stack gap="xs">
      {silent > 0 && (
        <Text>{silent === 1 ? "One place does not answer now." : `${silent} places do not answer now.`}</Text>
      )}
      {hosts.length === 0 && silent === 0 && <Text>The target {target} has no hosts of yours.</Text>}
      {hosts.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Host</Table.Th>
              <Table.Th>Engine</Table.Th>
              <Table.Th visibleFrom="sm" ta="right">
                CPUs
              </Table.Th>
              <Table.Th visibleFrom="sm" ta="right">
                Memory
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {hosts.map(({ name, region, engine, operatingSystem, cpus, memoryBytes }) => (
              <Table.Tr key={`${region} ${name}`}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  {[name, region].filter(Boolean).join(", ")}
                  <Text c="dimmed">{operatingSystem}</Text>
                  <Text c="dimmed" hiddenFrom="sm">
                    {cpus} CPUs, {bytes(memoryBytes)}
                  </Text>
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{engine}</Table.Td>
                <Table.Td visibleFrom="sm" ta="right">
                  {cpus}
                </Table.Td>
                <Table.Td visibleFrom="sm" ta="right">
                  {bytes(memoryBytes)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
