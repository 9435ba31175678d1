import { Table, Text } from "@mantine/core";
import type { ModelUsage, UsageAsked, UsageRow } from "../../../api/model-usage.ts";
import { count } from "../../../parts/counts.ts";
import { money } from "../../../parts/money.ts";
import { plainText } from "../../../parts/plain-text.ts";

interface UsageTableProps {
  readonly usage: ModelUsage;
  readonly by: UsageAsked["by"];
}

export function UsageTable({ usage: { rows, total, from, to }, by }: UsageTableProps) {
  return (
    <>
      <Table.ScrollContainer minWidth={340} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing="xs" horizontalSpacing="xs" fz="sm" tabularNums>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{by === "day" ? "Day" : "Model"}</Table.Th>
              <Table.Th ta="right">Money</Table.Th>
              <Table.Th ta="right" visibleFrom="sm">
                Requests
              </Table.Th>
              <Table.Th ta="right">Tokens in</Table.Th>
              <Table.Th ta="right" visibleFrom="sm">
                Of them cached
              </Table.Th>
              <Table.Th ta="right">Tokens out</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={`${row.day} ${row.provider} ${row.model}`}>
                <Table.Td style={by === "day" ? { whiteSpace: "nowrap" } : { overflowWrap: "anywhere" }}>
                  {nameOf(row)}
                </Table.Td>
                <Numbers row={row} />
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th>Total</Table.Th>
              <Numbers row={total} />
            </Table.Tr>
          </Table.Tfoot>
        </Table>
      </Table.ScrollContainer>
      <Text c="dimmed" size="xs">
        {from} to {to}, by days of UTC
      </Text>
      {total.unpricedRequests > 0 && (
        <Text>
          Of {count(total.unpricedRequests)} requests the price is not known: the money is without them.
        </Text>
      )}
    </>
  );
}

function Numbers({ row }: { readonly row: Omit<UsageRow, "day" | "provider" | "model" | "deploymentId"> }) {
  return (
    <>
      <Table.Td ta="right">{money(row.usd)}</Table.Td>
      <Table.Td ta="right" visibleFrom="sm">
        {count(row.requests)}
      </Table.Td>
      <Table.Td ta="right">{count(row.input)}</Table.Td>
      <Table.Td ta="right" visibleFrom="sm">
        {count(row.cachedInput)}
      </Table.Td>
      <Table.Td ta="right">{count(row.output)}</Table.Td>
    </>
  );
}

function nameOf({ day, provider, model }: UsageRow): string {
  return day ?? plainText(`${provider}/${model}`);
}
