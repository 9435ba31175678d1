// Deployments of all accounts.
import { Chip, Group } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { fleetKeys, fleetQuery, fleetTotalsQuery } from "../../api/fleet.ts";
import { ANY_CHANGE, useReadAgain } from "../../api/use-events.ts";
import { AccountFilter } from "../../parts/account-filter.tsx";
import { DeploymentFilters } from "../../parts/deployment-filters.tsx";
import { Page } from "../../parts/page.tsx";
import { ButtonLink } from "../../parts/page-link.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { FleetTable } from "./fleet/fleet-table.tsx";

const route = getRouteApi("/signed-in/operator/fleet");

/** What is not as it should be, and can be shown alone. */
const FAULTS = [
  { name: "drift", label: "With drift" },
  { name: "behind", label: "Image behind" },
] as const;

export function FleetPage() {
  useReadAgain({ names: ANY_CHANGE }, fleetKeys.all);
  const { search = "", status = [], account = "", drift = false, behind = false } = route.useSearch();
  const narrowing = { search, account, drift, behind };
  const list = useInfiniteQuery(fleetQuery({ ...narrowing, status }));
  const { data: totals } = useQuery(fleetTotalsQuery(narrowing));
  const navigate = route.useNavigate();
  const narrow = (narrowed: ReturnType<typeof route.useSearch>) =>
    void navigate({ search: (now) => ({ ...now, ...narrowed }), replace: true });
  const isNarrowed = search !== "" || account !== "" || status.length > 0 || drift || behind;
  return (
    <Page title="Fleet" action={<ButtonLink to="/operator/fleet/upgrade">Upgrade many</ButtonLink>}>
      <DeploymentFilters
        search={search}
        status={status}
        counts={totals?.byStatus}
        onChange={narrow}
        beside={
          <AccountFilter
            placeholder="All"
            value={account}
            onChange={(name) => narrow({ account: name || undefined })}
          />
        }
        below={
          <Group gap="xs" role="group" aria-label="What is not as it should be">
            {FAULTS.map(({ name, label }) => (
              <Chip
                key={name}
                size="xs"
                checked={narrowing[name]}
                onChange={(on) => narrow({ [name]: on || undefined })}
              >
                {label}
              </Chip>
            ))}
          </Group>
        }
      />
      <PagedList
        list={list}
        none={isNarrowed ? "No deployment is like that." : "Nobody has bought an assistant yet."}
      >
        {(rows) => <FleetTable rows={rows} />}
      </PagedList>
    </Page>
  );
}
