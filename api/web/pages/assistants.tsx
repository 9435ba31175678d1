// The list of an account's assistants. Without any it is the way to buy the first one.
import { Button, Chip, Group, Loader, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { type KeptStatus, listQuery, totalsQuery } from "../api/deployments.ts";
import { ButtonLink } from "../parts/page-link.tsx";
import { RefusalAlert } from "../parts/refusal-alert.tsx";
import { wordOf } from "../parts/state-dot.tsx";
import { useTitle } from "../parts/use-title.ts";
import { AssistantTable } from "./assistant-table.tsx";

const TYPING_MS = 250;
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
        <Suspense fallback={<Loader role="status" aria-label="Loading" />}>
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
      {list.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            Show more
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** They stand in the address: a link to what is shown can be kept. */
function Filters() {
  const { search = "", status = [] } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: totals } = useQuery(totalsQuery(search));
  const [typed, setTyped] = useState(search);
  const settle = useDebouncedCallback((text: string) => {
    void navigate({ search: (now) => ({ ...now, search: text.trim() || undefined }), replace: true });
  }, TYPING_MS);
  const counted = Object.entries(totals?.byStatus ?? {}) as [KeptStatus, number][];
  const shown = counted.filter(([name, count]) => count > 0 || status.includes(name));
  return (
    <Stack gap="xs">
      <TextInput
        type="search"
        label="Search"
        placeholder="Name, model, bot or id"
        maw={420}
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          settle(value);
        }}
      />
      <Chip.Group
        multiple
        value={[...status]}
        onChange={(names) =>
          void navigate({
            search: (now) => ({ ...now, status: names.length > 0 ? (names as KeptStatus[]) : undefined }),
            replace: true,
          })
        }
      >
        <Group gap="xs" role="group" aria-label="States">
          {shown.map(([name, count]) => (
            <Chip key={name} value={name} size="xs">
              {wordOf(name)} {count}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Stack>
  );
}
