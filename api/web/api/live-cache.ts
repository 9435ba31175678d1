// Events of the stream, put into what is kept of earlier answers.
import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";
import {
  type Deployment,
  type DeploymentStatus,
  deploymentKeys,
  type Filter,
  type ListedDeployment,
} from "./deployments.ts";
import { onEvent } from "./live.ts";
import { readAgainSoon } from "./read-again.ts";
import { sessionQuery } from "./session.ts";

type List = InfiniteData<{ readonly data: readonly ListedDeployment[]; readonly nextCursor: string | null }>;

/** Keeps what was read as it is by now. @returns what ends that */
export function followEvents(client: QueryClient): () => void {
  let isSeeded = false;
  const isOwn = ({ account }: ListedDeployment) =>
    account === client.getQueryData(sessionQuery.queryKey)?.account;
  const ends = [
    onEvent("deployment", (data) => {
      const row = JSON.parse(data) as ListedDeployment;
      // The operator's stream has everybody's; lists and totals are of one's own.
      if (!isOwn(row)) return;
      const isMissed = keepRow(client, row);
      keepOne(client, row);
      // At the beginning the stream sends what there is: the lists were just read.
      if (!isSeeded) return;
      if (isMissed) readAgainSoon(client, deploymentKeys.lists);
      readAgainSoon(client, deploymentKeys.allTotals);
    }),
    onEvent("removed", (data) => {
      const { deploymentId } = JSON.parse(data) as { deploymentId: string };
      changeLists(client, (_key, rows) => rows.filter((row) => row.deploymentId !== deploymentId));
      void client.invalidateQueries({ queryKey: deploymentKeys.one(deploymentId) });
      readAgainSoon(client, deploymentKeys.allTotals);
    }),
    onEvent("seeded", () => {
      isSeeded = true;
    }),
    // What was missed is not known: everything is old.
    onEvent("reset", () => {
      isSeeded = false;
      void client.invalidateQueries();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** @returns whether a list that is shown should have it by now, at a place that only the server knows */
function keepRow(client: QueryClient, row: ListedDeployment): boolean {
  let isMissed = false;
  changeLists(client, (key, rows) => {
    const { search, status } = key[2] as Filter;
    const isWanted = status.length === 0 || (status as readonly string[]).includes(row.status);
    if (rows.some(({ deploymentId }) => deploymentId === row.deploymentId))
      return rows.flatMap((one) => (one.deploymentId !== row.deploymentId ? one : isWanted ? row : []));
    const isNewest = rows[0] === undefined || row.createdAt > rows[0].createdAt;
    isMissed ||= isWanted && (isNewest || search !== "" || status.length > 0);
    return rows;
  });
  return isMissed;
}

function changeLists(
  client: QueryClient,
  change: (key: QueryKey, rows: readonly ListedDeployment[]) => readonly ListedDeployment[],
): void {
  for (const [key, list] of client.getQueriesData<List>({ queryKey: deploymentKeys.lists })) {
    if (!list) continue;
    const rows = list.pages.flatMap((page) => page.data);
    const next = new Map(change(key, rows).map((row) => [row.deploymentId, row]));
    const isSame = next.size === rows.length && rows.every((row) => next.get(row.deploymentId) === row);
    if (isSame) continue;
    const pages = list.pages.map((page) => ({
      ...page,
      data: page.data.flatMap((row) => next.get(row.deploymentId) ?? []),
    }));
    client.setQueryData(key, { ...list, pages });
  }
}

/** The page of one assistant. Its row has all that its own call answers, and most of its status. */
function keepOne(client: QueryClient, row: ListedDeployment): void {
  const one = deploymentKeys.one(row.deploymentId);
  const status = deploymentKeys.status(row.deploymentId);
  client.setQueryData<Deployment>(one, (known) => known && withFields(known, row));
  client.setQueryData<DeploymentStatus>(status, (known) => known && withFields(known, row));
  void client.invalidateQueries({ queryKey: status });
}

/** `known`, with what `newer` has of its fields. */
function withFields<T extends object>(known: T, newer: object): T {
  return Object.fromEntries(Object.entries({ ...known, ...newer }).filter(([name]) => name in known)) as T;
}
