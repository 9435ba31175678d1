// All accounts: what they have, and what they have spent.
import { Group, Loader, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { BASE } from "../../api/client.ts";
import { type Account, accountsQuery } from "../../api/operator.ts";
import { CurlSnippet } from "../../parts/curl-snippet.tsx";
import { Moment } from "../../parts/moment.tsx";
import { money } from "../../parts/money.ts";
import { MoreButton } from "../../parts/more-button.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { useTitle } from "../../parts/use-title.ts";

const route = getRouteApi("/signed-in/operator/accounts");

export function AccountsPage() {
  useTitle("Accounts");
  const { search = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(accountsQuery(search));
  const rows = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Stack>
      <Title order={1} size="h2">
        Accounts
      </Title>
      <SearchField
        label="Search"
        placeholder="A part of the name"
        initial={search}
        onSettled={(text) => void navigate({ search: { search: text || undefined }, replace: true })}
      />
      <RefusalAlert error={list.error} />
      {list.isPending && <Loader aria-label="Loading" />}
      {rows.length > 0 && <AccountTable rows={rows} />}
      {list.data && rows.length === 0 && <Text role="status">No account has such a name.</Text>}
      <MoreButton {...list} />
      <NewAccount />
    </Stack>
  );
}

function AccountTable({ rows }: { readonly rows: readonly Account[] }) {
  return (
    <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="lg">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Account</Table.Th>
          <Table.Th ta="right">Deployments</Table.Th>
          <Table.Th visibleFrom="sm" ta="right">
            Keys
          </Table.Th>
          <Table.Th visibleFrom="sm" ta="right">
            Spent this month
          </Table.Th>
          <Table.Th visibleFrom="md">Key used</Table.Th>
          <Table.Th visibleFrom="md">Since</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Row key={row.accountId} row={row} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ row }: { readonly row: Account }) {
  const { account, deployments, active, keys, usd, lastUsedAt, createdAt } = row;
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Stack gap={2}>
          <Text inherit fw={600}>
            <bdi>{account}</bdi>
          </Text>
          <Group gap="sm">
            <PageLink to="/operator/fleet" search={{ account }} size="sm" aria-label={`Fleet of ${account}`}>
              Fleet
            </PageLink>
            <PageLink
              to="/operator/payments"
              search={{ account }}
              size="sm"
              aria-label={`Payments of ${account}`}
            >
              Payments
            </PageLink>
          </Group>
          <Text size="sm" c="dimmed" hiddenFrom="sm">
            {keys === 1 ? "1 key" : `${keys} keys`}, {money(usd)} this month
          </Text>
        </Stack>
      </Table.Td>
      <Table.Td ta="right">
        {deployments}
        <Text size="sm" c="dimmed">
          {active} active
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm" ta="right">
        {keys}
      </Table.Td>
      <Table.Td visibleFrom="sm" ta="right">
        {money(usd)}
      </Table.Td>
      <Table.Td visibleFrom="md" style={{ whiteSpace: "nowrap" }}>
        {lastUsedAt === null ? "Never" : <Moment at={lastUsedAt} />}
      </Table.Td>
      <Table.Td visibleFrom="md" style={{ whiteSpace: "nowrap" }}>
        <Moment at={createdAt} />
      </Table.Td>
    </Table.Tr>
  );
}

function NewAccount() {
  return (
    <Stack gap="xs" maw={720}>
      <Title order={2} size="h3">
        A new account
      </Title>
      <Text>It is made with its first key, which the answer shows once.</Text>
      <CurlSnippet
        method="POST"
        url={`${BASE}/api/v1/keys`}
        body={{ account: "acme", name: "ci", scopes: ["read", "write"] }}
      />
    </Stack>
  );
}
