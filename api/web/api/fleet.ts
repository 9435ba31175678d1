// Everybody's deployments: what the operator's pages read of them.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Shapes } from "./client.ts";
import type { Filter } from "./deployments.ts";
import { byPages } from "./pages.ts";

export type FleetMember = Shapes["FleetMember"];

const PAGE_SIZE = 50;
const MOST_OF_A_PAGE = 100;

export interface FleetFilter extends Filter {
  /** Name of one account; all if it is empty. */
  readonly account: string;
  /** Those alone that are not as they should be. */
  readonly drift: boolean;
  /** Those alone whose image is behind. */
  readonly behind: boolean;
}

function narrowing({ search, account, drift, behind }: Omit<FleetFilter, "status">) {
  return {
    ...(search && { search }),
    ...(account && { account }),
    ...(drift && { drift: "true" as const }),
    ...(behind && { behind: "true" as const }),
  };
}

export const fleetKeys = {
  all: ["fleet"],
  list: (filter: FleetFilter) => ["fleet", "list", filter],
  totals: (filter: Omit<FleetFilter, "status">) => ["fleet", "totals", filter],
  one: (id: string) => ["fleet", "one", id],
  stack: (id: string, revision: string) => ["stack", id, revision],
} as const;

export function fleetQuery(filter: FleetFilter) {
  const { status } = filter;
  return infiniteQueryOptions({
    queryKey: fleetKeys.list(filter),
    queryFn: ({ pageParam }) =>
      answerOf(
        client.GET("/api/v1/fleet", {
          params: {
            query: {
              limit: PAGE_SIZE,
              ...(pageParam && { cursor: pageParam }),
              ...narrowing(filter),
              ...(status.length > 0 && { status: [...status] }),
            },
          },
        }),
      ),
    ...byPages,
    placeholderData: keepPreviousData,
  });
}

export function fleetTotalsQuery(filter: Omit<FleetFilter, "status">) {
  return queryOptions({
    queryKey: fleetKeys.totals(filter),
    queryFn: async () => {
      const query = narrowing(filter);
      return (await answerOf(client.GET("/api/v1/fleet/totals", { params: { query } }))).data;
    },
    placeholderData: keepPreviousData,
  });
}

export function memberQuery(id: string) {
  return queryOptions({ queryKey: fleetKeys.one(id), queryFn: () => readMember(id) });
}

/** @param revision another one after each operation: only then is it read again, which starts two programs */
export function fleetStackQuery(id: string, revision: string) {
  return queryOptions({
    queryKey: fleetKeys.stack(id, revision),
    queryFn: async () =>
      (await answerOf(client.GET("/api/v1/fleet/{id}/stack", { params: { path: { id } } }))).data,
    placeholderData: keepPreviousData,
  });
}

export async function readMember(id: string, image?: string): Promise<FleetMember> {
  const params = { path: { id }, query: { ...(image && { image }) } };
  return (await answerOf(client.GET("/api/v1/fleet/{id}", { params }))).data;
}

/** All pages of it. @param image to compare each one's with, in place of its own reference */
export async function readWholeFleet(image: string | undefined): Promise<FleetMember[]> {
  const members: FleetMember[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query = { limit: MOST_OF_A_PAGE, ...(cursor && { cursor }), ...(image && { image }) };
    const page: { readonly data: FleetMember[]; readonly nextCursor: string | null } = await answerOf(
      client.GET("/api/v1/fleet", { params: { query } }),
    );
    members.push(...page.data);
    cursor = page.nextCursor;
  }
  return members;
}

/** @param image of its own from now on; what it should have, if it is left out */
export async function upgradeMember(id: string, image?: string): Promise<Shapes["Accepted"]> {
  const call = client.POST("/api/v1/fleet/{id}/upgrade", {
    params: { path: { id } },
    body: { ...(image && { image }) },
  });
  return (await answerOf(call)).data;
}
