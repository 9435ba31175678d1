// Deployments of all accounts.
import { Chip, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { KeptStatus } from "../../api/deployments.ts";
import { type FleetFilter, fleetKeys, fleetQuery, fleetTotalsQuery } from "../../api/fleet.ts";
import { ANY_CHANGE, useReadAgain } from "../../api/use-events.ts";
import { CountChips } from "../../parts/count-chips.tsx";
import { MoreButton } from "../../parts/more-button.tsx";
import { ButtonLink } from "../../parts/page-link.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { wordOf } from "../../parts/state-dot.tsx";
import { useTitle } from "../../parts/use-title.ts";
import { AccountFilter } from "./account-filter.tsx";
import { FleetTable } from "./fleet/fleet-table.tsx";

const route = getRouteApi("/signed-in/operator/fleet");

export function FleetPage() {
  useTitle("Fleet");
  useReadAgain({ names: ANY_CHANGE }, fleetKeys.all);
  const filter = useFilter();
  const list = useInfiniteQuery(fleetQuery(filter));
  const rows = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Fleet
        </Title>
        <ButtonLink to="/operator/fleet/upgrade">Upgrade many</ButtonLink>
      </Group>
      <Filters />
      <RefusalAlert error={list.error} />
      {list.isPending && <Loader aria-label="Loading" />}
      {rows.length > 0 && <FleetTable rows={rows} />}
      {list.data && rows.length === 0 && (
        <Text role="status">
          {isFiltered(filter) ? "No deployment is like that." : "Nobody has bought an assistant yet."}
        </Text>
      )}
      <MoreButton {...list} />
    </Stack>
  );
}

function useFilter(): FleetFilter {
  const { search = "", status = [], account = "", drift = false, behind = false } = route.useSearch();
  return { search, status, account, drift, behind };
}

function isFiltered({ search, status, account, drift, behind }: FleetFilter): boolean {
  return search !== "" || account !== "" || status.length > 0 || drift || behind;
}

/** They stand in the address: a link to what is shown can be kept. */
function Filters() {
  const { status, ...narrowing } = useFilter();
  const { search, account, drift, behind } = narrowing;
  const navigate = route.useNavigate();
  const { data: totals } = useQuery(fleetTotalsQuery(narrowing));
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
      <AccountFilter
        account={account}
        onClear={() => void navigate({ search: (now) => ({ ...now, account: undefined }) })}
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
      <Group gap="xs" role="group" aria-label="What is not as it should be">
        <Chip
          size="xs"
          checked={drift}
          onChange={(on) =>
            void navigate({ search: (now) => ({ ...now, drift: on || undefined }), replace: true })
          }
        >
          With drift
        </Chip>
        <Chip
          size="xs"
          checked={behind}
          onChange={(on) =>
            void navigate({ search: (now) => ({ ...now, behind: on || undefined }), replace: true })
          }
        >
          Image behind
        </Chip>
      </Group>
    </Stack>
  );
}
