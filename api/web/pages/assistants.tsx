// The list of an account's assistants. Without any it is the way to buy the first one.
import { Loader } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { listQuery, totalsQuery } from "../api/deployments.ts";
import { DeploymentFilters } from "../parts/deployment-filters.tsx";
import { Page } from "../parts/page.tsx";
import { ButtonLink } from "../parts/page-link.tsx";
import { PagedList } from "../parts/paged-list.tsx";
import { AssistantTable } from "./assistant-table.tsx";

/** Who has an assistant does not wait for it. */
const BuyCard = lazy(async () => ({ default: (await import("./buy/buy-card.tsx")).BuyCard }));
const route = getRouteApi("/signed-in/");

export function AssistantsPage() {
  const { search = "", status = [] } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(listQuery({ search, status }));
  const { data: totals } = useQuery(totalsQuery(search));
  const isFiltered = search !== "" || status.length > 0;
  if (totals?.total === 0 && !isFiltered && list.data)
    return (
      <Page title="Assistants" intro="You have none yet.">
        <Suspense fallback={<Loader aria-label="Loading" />}>
          <BuyCard />
        </Suspense>
      </Page>
    );
  return (
    <Page title="Assistants" action={<ButtonLink to="/buy">Buy another</ButtonLink>}>
      <DeploymentFilters
        search={search}
        status={status}
        counts={totals?.byStatus}
        onChange={(narrowed) => void navigate({ search: (now) => ({ ...now, ...narrowed }), replace: true })}
      />
      <PagedList list={list} none="None of your assistants is like that.">
        {(rows) => <AssistantTable rows={rows} />}
      </PagedList>
    </Page>
  );
}
