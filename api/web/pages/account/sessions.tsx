import { Badge, Button, Group, Table, Text } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountKeys, endSession, sessionsQuery } from "../../api/account.ts";
import { type Session, sessionQuery } from "../../api/session.ts";
import { AccountFilter } from "../../parts/account-filter.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { plainText } from "../../parts/plain-text.ts";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useAction } from "../../parts/use-action.ts";
import { useWhyNot } from "../../parts/use-why-not.ts";

export function SessionsPage() {
  const [account, setAccount] = useState("");
  const list = useInfiniteQuery(sessionsQuery(account));
  return (
    <Page
      title="Sessions"
      intro="Browsers that are signed in. A session ends when it is not used, at sign-out, and with its key."
    >
      <AccountFilter placeholder="Your own" value={account} onChange={setAccount} />
      <PagedList list={list} none="Nobody is signed in.">
        {(rows) => <SessionTable rows={rows} />}
      </PagedList>
    </Page>
  );
}

function SessionTable({ rows }: { readonly rows: readonly Session[] }) {
  return (
    <Table verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Key</Table.Th>
          <Table.Th>Used</Table.Th>
          <Table.Th ta="right">Actions</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Row key={row.sessionId} row={row} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ row }: { readonly row: Session }) {
  const reason = useWhyNot(null);
  const end = useEnd(row);
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Group gap="xs">
          <bdi>{row.isOperator ? "Operator's" : plainText(row.keyName ?? row.keyId)}</bdi>
          {row.isCurrent && (
            <Badge variant="light" tt="none" miw="max-content">
              This one
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          Account {row.account}
        </Text>
      </Table.Td>
      <Table.Td>
        <Moment at={row.lastUsedAt} />
        <Text size="xs" c="dimmed">
          Signed in <Moment at={row.signedInAt} />. Ends <Moment at={row.endsAt} /> if it is not used.
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <Unless reason={reason}>
          <Button variant="default" size="xs" loading={end.isPending} onClick={() => end.mutate()}>
            End
          </Button>
        </Unless>
        <RefusalAlert error={end.error} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Ending one's own session is signing out. */
function useEnd({ sessionId, isCurrent }: Session) {
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: () => endSession(sessionId ?? ""),
    onSuccess: () =>
      isCurrent
        ? // The frame of the page leaves for the sign-in then.
          queryClient.setQueryData(sessionQuery.queryKey, null)
        : queryClient.invalidateQueries({ queryKey: accountKeys.sessions }),
  });
}
