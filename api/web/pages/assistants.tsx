// The list of an account's assistants. Without any it is the way to buy the first one.
import { Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { type KeptStatus, listQuery, totalsQuery } from "../api/deployments.ts";
import { CountChips } from "../parts/count-chips.tsx";
import { MoreButton } from "../parts/more-button.tsx";
import { ButtonLink } from "../parts/page-link.tsx";
import { RefusalAlert } from "../parts/refusal-alert.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { wordOf } from "../parts/state-dot.tsx";
import { useTitle } from "../parts/use-title.ts";
import { AssistantTable } from "./assistant-table.tsx";

/** Whoever has an assistant does not wait for it. */
const BuyCard = lazy(async () => ({ default: (await import("./buy/buy-card.tsx")).BuyCard }));
const route = getRouteApi("/signed-in/");

export function AssistantsPage() {
  useTitle("Assistants");
  const { search = "", status = [] } = route.useSearch();
  const list = useInfiniteQuery(listQuery({ search, status }));
  const { data: totals } = useQuery(totalsQuery(search));
  const rows = list.data?.pages.flatMap((page) => page.data) ?? [];
  const isFiltered = search !== "" || status.length > 0;
  if (totals?.total === 0 && !isFiltered && list.data)
    return (
      <Stack>
        <Title order={1} size="h2">
          Assistants
        </Title>
        <Text>You have none yet.</Text>
        <Suspense fallback={<Loader aria-label="Loading" />}>
          <BuyCard />
        </Suspense>
      </Stack>
    );
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Assistants
        </Title>
        <ButtonLink to="/buy">Buy another</ButtonLink>
      </Group>
      <Filters />
      <RefusalAlert error={list.error} />
      {list.isPending && <Loader aria-label="Loading" />}
      {rows.length > 0 && <AssistantTable rows={rows} />}
      {list.data && rows.length === 0 && <Text role="status">None of your assistants is like that.</Text>}
      <MoreButton {...list} />
    </Stack>
  );
}

/** They stand in the address: a link to what is shown can be kept. */
function Filters() {
  const { search = "", status = [] } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: totals } = useQuery(totalsQuery(search));
  const counted = Object.entries(totals?.byStatus ?? {}) as [KeptStatus, number][];
  return (
    <Stack gap="xs">
      <SearchField
        label="Search"
        placeholder="Name, model, bot or id"
        initial={search}
        onSettled={(text) =>
          void navigate({ search: (now) => ({ ...now, search: text || undefined }), replace: true })
        }
      />
      <CountChips
        label="States"
        chips={counted.map(([name, count]) => ({ value: name, text: wordOf(name), count }))}
        chosen={status}
        onChange={(names) => {
          const chosen = names.length > 0 ? (names as KeptStatus[]) : undefined;
          void navigate({ search: (now) => ({ ...now, status: chosen }), replace: true });
        }}
      />
    </Stack>
  );
}
