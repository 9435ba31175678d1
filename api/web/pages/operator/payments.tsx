// How everybody's deployments are paid, and until when those are kept that nobody pays.
import { Stack } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { operatorKeys, paymentsQuery, paymentTotalsQuery, type Standing } from "../../api/operator.ts";
import { ANY_CHANGE, useReadAgain } from "../../api/use-events.ts";
import { AccountFilter } from "../../parts/account-filter.tsx";
import { CountChips } from "../../parts/count-chips.tsx";
import { Page } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { PaymentTable } from "./payments/payment-table.tsx";
import { STANDINGS } from "./payments/standings.ts";

const route = getRouteApi("/signed-in/operator/payments");

export function PaymentsPage() {
  useReadAgain({ names: ANY_CHANGE }, operatorKeys.allPayments);
  const { account = "", standing } = route.useSearch();
  const list = useInfiniteQuery(paymentsQuery({ account, standing }));
  return (
    <Page title="Payments">
      <Filters />
      <PagedList
        list={list}
        none={standing || account ? "No deployment is like that." : "Nobody has bought an assistant yet."}
      >
        {(rows) => <PaymentTable rows={rows} />}
      </PagedList>
    </Page>
  );
}

function Filters() {
  const { account = "", standing } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: totals } = useQuery(paymentTotalsQuery(account));
  const counted = Object.entries(totals?.byStanding ?? {}) as [Standing, number][];
  return (
    <Stack gap="xs">
      <AccountFilter
        placeholder="All"
        value={account}
        onChange={(name) =>
          void navigate({ search: (now) => ({ ...now, account: name || undefined }), replace: true })
        }
      />
      <CountChips
        label="Payments"
        chips={counted.map(([name, count]) => ({ value: name, text: STANDINGS[name].word, count }))}
        chosen={standing ? [standing] : []}
        onChange={(names) => {
          const chosen = names.findLast((name) => name !== standing) as Standing | undefined;
          void navigate({ search: (now) => ({ ...now, standing: chosen }), replace: true });
        }}
      />
    </Stack>
  );
}
