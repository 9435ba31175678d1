import { Button, Code, Table, Text, useMatches } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type AuditFilter, type AuditRow, auditDownloadUrl, auditQuery } from "../../api/account.ts";
import { AccountFilter } from "../../parts/account-filter.tsx";
import { Breakable } from "../../parts/breakable.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { plainText } from "../../parts/plain-text.ts";
import { useSession } from "../../parts/use-session.ts";
import { WordDot } from "../../parts/word-dot.tsx";
import { AuditFilters } from "./audit-filters.tsx";

const route = getRouteApi("/signed-in/account/audit");
const FIRST_REFUSAL = 400;

export function AuditPage() {
  const { isOperator } = useSession();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(auditQuery(filter));
  const change = (changed: AuditFilter) =>
    void navigate({ search: (now) => ({ ...now, ...changed }), replace: true });
  return (
    <Page
      title="Audit trail"
      intro="Every call of the API, refused ones too, for 90 days. What is read again and again stands here once an hour. It has no contents and no keys."
      action={
        <Button component="a" href={auditDownloadUrl(filter)} download variant="default">
          Download as CSV
        </Button>
      }
    >
      <AccountFilter
        placeholder="All"
        value={filter.account ?? ""}
        onChange={(account) => change({ account: account || undefined })}
      />
      <AuditFilters filter={filter} onChange={change} />
      <PagedList list={list} none="There is no such call.">
        {(rows) => <AuditTable rows={rows} isOperator={isOperator} />}
      </PagedList>
    </Page>
  );
}

interface AuditTableProps {
  readonly rows: readonly AuditRow[];
  readonly isOperator: boolean;
}

function AuditTable({ rows, isOperator }: AuditTableProps) {
  const minWidth = useMatches({ base: 300, sm: 1100 });
  return (
    <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing="xs" horizontalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            {isOperator && <Table.Th visibleFrom="sm">Account</Table.Th>}
            <Table.Th>Call</Table.Th>
            <Table.Th>Answer</Table.Th>
            <Table.Th visibleFrom="sm">By</Table.Th>
            <Table.Th visibleFrom="sm">Address</Table.Th>
            <Table.Th visibleFrom="sm">Request</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} isOperator={isOperator} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ row, isOperator }: { readonly row: AuditRow; readonly isOperator: boolean }) {
  const { deploymentId: id, status } = row;
  return (
    <Table.Tr>
      <Table.Td>
        <Moment at={row.at} />
        {isOperator && (
          <Text size="xs" c="dimmed" hiddenFrom="sm" style={{ overflowWrap: "anywhere" }}>
            <bdi>{row.account ?? "–"}</bdi>
          </Text>
        )}
      </Table.Td>
      {isOperator && (
        <Table.Td visibleFrom="sm" maw={200} style={{ overflowWrap: "anywhere" }}>
          <bdi>{row.account ?? "–"}</bdi>
        </Table.Td>
      )}
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Code>
          {row.method} <Breakable text={row.route ?? "no known path"} />
        </Code>
        {id !== null && (
          <PageLink
            to={isOperator ? "/operator/fleet/$id" : "/assistants/$id"}
            params={{ id }}
            size="xs"
            display="block"
            mt={2}
          >
            {id}
          </PageLink>
        )}
      </Table.Td>
      <Table.Td>
        <WordDot word={String(status)} colour={status < FIRST_REFUSAL ? "green" : "red"} />
        {row.errorCode !== null && (
          <Text size="xs" mt={2} style={{ overflowWrap: "anywhere" }}>
            {row.errorCode}
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {callerOf(row)}
        {row.sessionId !== null && (
          <Text size="xs" c="dimmed">
            in a browser
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm">{row.address ?? "–"}</Table.Td>
      <Table.Td visibleFrom="sm" maw={300} style={{ overflowWrap: "anywhere" }}>
        <Code>{plainText(row.requestId)}</Code>
      </Table.Td>
    </Table.Tr>
  );
}

function callerOf({ keyId }: AuditRow): string {
  if (keyId === null) return "No key";
  return keyId === "operator" ? "Operator" : `Key ${keyId}`;
}
