import { Badge, Code, Group, Loader, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type AuditFilter, type AuditRow, auditQuery } from "../../api/account.ts";
import { Moment } from "../../parts/moment.tsx";
import { MoreButton } from "../../parts/more-button.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { plainText } from "../../parts/plain-text.ts";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { useTitle } from "../../parts/use-title.ts";
import { useSession } from "../../shell/use-session.ts";
import { AccountFilter } from "./account-filter.tsx";
import { AuditFilters } from "./audit-filters.tsx";

export function AuditPage() {
  useTitle("Audit trail");
  const { isOperator } = useSession();
  const [account, setAccount] = useState("");
  const [filter, setFilter] = useState<AuditFilter>({});
  const { data, error, isPending, ...pages } = useInfiniteQuery(auditQuery(account, filter));
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Stack>
      <Title order={1} size="h2">
        Audit trail
      </Title>
      <Text size="sm" c="dimmed" maw={720}>
        Every call of the API, refused ones too, for 90 days. It has no contents and no keys.
      </Text>
      <Group align="end">
        <AccountFilter placeholder="All" onChange={setAccount} />
        <AuditFilters onChange={setFilter} />
      </Group>
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {rows.length > 0 && <AuditTable rows={rows} hasAccounts={isOperator} />}
      {data && rows.length === 0 && <Text role="status">There is no such call.</Text>}
      <MoreButton {...pages} />
    </Stack>
  );
}

interface AuditTableProps {
  readonly rows: readonly AuditRow[];
  readonly hasAccounts: boolean;
}

function AuditTable({ rows, hasAccounts }: AuditTableProps) {
  return (
    <Table.ScrollContainer minWidth={900}>
      <Table verticalSpacing="xs" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            {hasAccounts && <Table.Th>Account</Table.Th>}
            <Table.Th>Call</Table.Th>
            <Table.Th>Answer</Table.Th>
            <Table.Th>By</Table.Th>
            <Table.Th>Address</Table.Th>
            <Table.Th>Request</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} hasAccounts={hasAccounts} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ row, hasAccounts }: { readonly row: AuditRow; readonly hasAccounts: boolean }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Moment at={row.at} />
      </Table.Td>
      {hasAccounts && <Table.Td>{row.account ?? "–"}</Table.Td>}
      <Table.Td>
        <Code>
          {row.method} {plainText(row.route ?? "no known path")}
        </Code>
        {row.deploymentId !== null && (
          <Text size="xs" mt={2}>
            <PageLink to="/assistants/$id" params={{ id: row.deploymentId }}>
              {row.deploymentId}
            </PageLink>
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Badge variant="light" color={row.status < 400 ? "green" : "red"}>
          {row.status}
        </Badge>
        {row.errorCode !== null && <Text size="xs">{row.errorCode}</Text>}
      </Table.Td>
      <Table.Td>
        {row.keyId === null ? "no key" : `key ${row.keyId}`}
        {row.sessionId !== null && <Text size="xs">by a session</Text>}
      </Table.Td>
      <Table.Td>{row.address ?? "–"}</Table.Td>
      <Table.Td>
        <Code>{plainText(row.requestId)}</Code>
      </Table.Td>
    </Table.Tr>
  );
}
