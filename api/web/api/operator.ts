// What the operator's pages read of the installation, and the switch of its model gateway.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Shapes } from "./client.ts";
import { byPages } from "./pages.ts";
import type { ModelProvider } from "./shapes.ts";

export type Account = Shapes["Account"];
export type Payment = Shapes["Payment"];
export type Standing = Payment["standing"];
export type Installation = Shapes["Installation"];
export type Examination = Shapes["Examination"];
export type LiveOperation = Shapes["LiveOperation"];
export type Stopped = "all" | ModelProvider;

const PAGE_SIZE = 50;
const EXAMINED_AT_ONCE = 20;
/** No more are listed. */
export const MOST_OPERATIONS = 500;

export const operatorKeys = {
  allAccounts: ["accounts"],
  accounts: (search: string) => ["accounts", search],
  allPayments: ["payments"],
  payments: (filter: PaymentFilter) => ["payments", "list", filter],
  paymentTotals: (account: string) => ["payments", "totals", account],
  installation: ["installation"],
  stops: ["model-stops"],
  liveOperations: ["live-operations"],
} as const;

export interface PaymentFilter {
  readonly account: string;
  readonly standing: Standing | undefined;
}

export function accountsQuery(search: string) {
  return infiniteQueryOptions({
    queryKey: operatorKeys.accounts(search),
    queryFn: ({ pageParam }) => {
      const query = {
        limit: PAGE_SIZE,
        ...(pageParam && { cursor: pageParam }),
        ...(search && { search }),
      };
      return answerOf(client.GET("/api/v1/accounts", { params: { query } }));
    },
    ...byPages,
    placeholderData: keepPreviousData,
  });
}

export function paymentsQuery({ account, standing }: PaymentFilter) {
  return infiniteQueryOptions({
    queryKey: operatorKeys.payments({ account, standing }),
    queryFn: ({ pageParam }) => {
      const query = {
        limit: PAGE_SIZE,
        ...(pageParam && { cursor: pageParam }),
        ...(account && { account }),
        ...(standing && { standing }),
      };
      return answerOf(client.GET("/api/v1/payments", { params: { query } }));
    },
    ...byPages,
    placeholderData: keepPreviousData,
  });
}

export function paymentTotalsQuery(account: string) {
  return queryOptions({
    queryKey: operatorKeys.paymentTotals(account),
    queryFn: async () => {
      const query = account ? { account } : {};
      return (await answerOf(client.GET("/api/v1/payments/totals", { params: { query } }))).data;
    },
    placeholderData: keepPreviousData,
  });
}

export const installationQuery = queryOptions({
  queryKey: operatorKeys.installation,
  queryFn: async () => (await answerOf(client.GET("/api/v1/installation"))).data,
});

/** Of all accounts: those that wait, and those that are being carried out. */
export const liveOperationsQuery = queryOptions({
  queryKey: operatorKeys.liveOperations,
  queryFn: async () => {
    const params = { query: { accounts: "all" as const } };
    return (await answerOf(client.GET("/api/v1/operations", { params }))).data;
  },
});

export const stopsQuery = queryOptions({
  queryKey: operatorKeys.stops,
  queryFn: async () => (await answerOf(client.GET("/api/v1/model-gateway/stops"))).data,
});

/** @returns what is stopped then */
export async function stopModels(provider: Stopped) {
  return (await answerOf(client.POST("/api/v1/model-gateway/stop", { body: { provider } }))).data;
}

/** `all` ends every stop. @returns what is stopped then */
export async function resumeModels(provider: Stopped) {
  return (await answerOf(client.POST("/api/v1/model-gateway/resume", { body: { provider } }))).data;
}

export interface Wanted {
  /** Of one deployment; all if it is undefined. */
  readonly deployment: string | undefined;
  /** Whether an operation is rehearsed first. */
  readonly rehearses: boolean;
}

/** Has doctor examine page by page. @param onPage gets all that was examined so far */
export async function runDoctor(
  { deployment, rehearses }: Wanted,
  signal: AbortSignal,
  onPage: (examined: readonly Examination[]) => void,
): Promise<readonly Examination[]> {
  const examined: Examination[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query = {
      limit: EXAMINED_AT_ONCE,
      ...(cursor && { cursor }),
      ...(deployment && { deployment }),
      ...(rehearses && !cursor && { rehearse: "true" as const }),
    };
    const page: { readonly data: Examination[]; readonly nextCursor: string | null } = await answerOf(
      client.GET("/api/v1/doctor", { params: { query }, signal }),
    );
    examined.push(...page.data);
    onPage([...examined]);
    cursor = page.nextCursor;
  }
  return examined;
}
