import { Stack, Table, Text } from "@mantine/core";
import type { Payment } from "../../../api/operator.ts";
import { Moment } from "../../../parts/moment.tsx";
import { shownName } from "../../../parts/names.ts";
import { PageLink } from "../../../parts/page-link.tsx";
import { StateDot } from "../../../parts/state-dot.tsx";
import { WordDot } from "../../../parts/word-dot.tsx";
import { STANDINGS } from "./standings.ts";

const CANCELED = "subscription.canceled";
const MODES: Readonly<Record<Payment["apiMode"], string>> = {
  byok: "Own key",
  managed: "Managed",
  unlimited: "Unlimited",
};

export function PaymentTable({ rows }: { readonly rows: readonly Payment[] }) {
  return (
    <Table highlightOnHover verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th visibleFrom="md">Account</Table.Th>
          <Table.Th visibleFrom="lg">Mode</Table.Th>
          <Table.Th>Payment</Table.Th>
          <Table.Th visibleFrom="sm">State</Table.Th>
          <Table.Th visibleFrom="lg">Provider's latest event</Table.Th>
          <Table.Th visibleFrom="sm">Kept until</Table.Th>
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

function Row({ row }: { readonly row: Payment }) {
  return (
    <Table.Tr>
      <Table.Td maw={380} style={{ overflowWrap: "anywhere" }}>
        <Stack gap={2}>
          <PageLink to="/operator/fleet/$id" params={{ id: row.deploymentId }} fw={600}>
            <bdi>{shownName(row)}</bdi>
          </PageLink>
          <Text c="dimmed" hiddenFrom="md" style={{ overflowWrap: "anywhere" }}>
            <bdi>{row.account}</bdi>
          </Text>
          {row.keptUntil !== null && (
            <Text hiddenFrom="sm">
              Deleted <Moment at={row.keptUntil} />
            </Text>
          )}
        </Stack>
      </Table.Td>
      <Table.Td visibleFrom="md" maw={240} style={{ overflowWrap: "anywhere" }}>
        <bdi>{row.account}</bdi>
      </Table.Td>
      <Table.Td visibleFrom="lg">{MODES[row.apiMode]}</Table.Td>
      <Table.Td>
        <WordDot {...STANDINGS[row.standing]} />
        {row.endedAt !== null && (
          <Text c="dimmed">
            ended <Moment at={row.endedAt} />
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <StateDot status={row.status} />
      </Table.Td>
      <Table.Td visibleFrom="lg">
        {row.notice ?? "–"}
        {row.notice !== null && row.paymentAt !== null && (
          <Text c="dimmed">
            {row.payment} <Moment at={row.paymentAt} />
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm" style={{ whiteSpace: "nowrap" }}>
        <KeptUntil row={row} />
      </Table.Td>
    </Table.Tr>
  );
}

/** What is paid has no date: a subscription goes on until somebody ends it. */
function KeptUntil({ row: { keptUntil, hasSubscription, notice } }: { readonly row: Payment }) {
  if (keptUntil !== null)
    return (
      <Text inherit>
        Deleted <Moment at={keptUntil} />
      </Text>
    );
  return <Text inherit>{hasSubscription && notice === CANCELED ? "Its period ends" : "–"}</Text>;
}
