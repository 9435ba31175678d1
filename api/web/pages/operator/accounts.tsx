// All accounts: what they have, and what they have spent.
import { Box, Group, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { BASE } from "../../api/client.ts";
import { type Account, accountsQuery } from "../../api/operator.ts";
import { counted } from "../../parts/counts.ts";
import { CurlSnippet } from "../../parts/curl-snippet.tsx";
import { Moment } from "../../parts/moment.tsx";
import { money } from "../../parts/money.ts";
import { Page, Section } from "../../parts/page.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { MakeKey } from "../account/keys/make-key.tsx";

const route = getRouteApi("/signed-in/operator/accounts");

export function AccountsPage() {
  const { search = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(accountsQuery(search));
  return (
    <Page title="Accounts">
      <SearchField
        label="Search"
        placeholder="A part of the name"
        value={search}
        onSettled={(text) => void navigate({ search: { search: text || undefined }, replace: true })}
      />
      <PagedList list={list} none="No account has such a name.">
        {(rows) => <AccountTable rows={rows} />}
      </PagedList>
      <NewAccount />
    </Page>
  );
}

function AccountTable({ rows }: { readonly rows: readonly Account[] }) {
  return (
    <Table highlightOnHover verticalSpacing="sm">
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
            <PageLink to="/operator/fleet" search={{ account }} aria-label={`Fleet of ${account}`}>
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
          <Text c="dimmed" hiddenFrom="sm">
            {counted(keys, "key")}, {money(usd)} this month
          </Text>
        </Stack>
      </Table.Td>
      <Table.Td ta="right">
        {deployments}
        <Text c="dimmed">{active} active</Text>
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
    <Section title="A new account" action={<MakeKey />}>
      <Text>It is made with its first key, whose text is shown once: make a key, and name the account.</Text>
      <Box maw={720}>
        <CurlSnippet
          method="POST"
          url={`${BASE}/api/v1/keys`}
          body={{ account: "acme", name: "ci", scopes: ["read", "write"] }}
        />
      </Box>
    </Section>
  );
}
