import { Table, Text } from "@mantine/core";
import type { Installation } from "../../../api/operator.ts";

export function Parts({ parts }: Pick<Installation, "parts">) {
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Part</Table.Th>
          <Table.Th>Version</Table.Th>
          <Table.Th visibleFrom="sm">Where</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {parts.map(({ name, version, origin, path }) => (
          <Table.Tr key={name}>
            <Table.Td>{name}</Table.Td>
            <Table.Td>{version ?? originInWords(origin)}</Table.Td>
            <Table.Td visibleFrom="sm">
              <Text inherit style={{ overflowWrap: "anywhere" }}>
                {path ?? "–"}
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function originInWords(origin: Installation["parts"][number]["origin"]): string {
  if (origin === "stand-in") return "Berth's own stand-in";
  return origin === "official" ? "official" : "–";
}
