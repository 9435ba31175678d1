// An unpaid slot: where it is paid. That it is paid comes as an event, or is looked up when the page is come back to.
import { Button, Card, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { paySimulated } from "../../api/checkout.ts";
import { type Deployment, deploymentKeys, deploymentQuery } from "../../api/deployments.ts";
import { offerQuery } from "../../api/details.ts";
import { PageLink } from "../../parts/page-link.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useAction } from "../../parts/use-action.ts";
import { useWhyNot } from "../../parts/use-why-not.ts";

const MODE_WORDS: Readonly<Record<Deployment["apiMode"], string>> = {
  byok: "with your own model key",
  managed: "with models included, up to a limit",
  unlimited: "with models included",
};

export function PayPanel({ deployment }: { readonly deployment: Deployment }) {
  const { apiMode, region, checkoutUrl } = deployment;
  const { data: offer, error, isPending } = useQuery(offerQuery);
  return (
    <Card withBorder p="lg" maw={720}>
      <Stack>
        <Title order={2} size="h3">
          Pay for this slot
        </Title>
        <Text>
          One assistant {MODE_WORDS[apiMode]}
          {region && `, in ${region}`}.
        </Text>
        <RefusalAlert error={error} />
        {isPending && <Loader aria-label="Loading" />}
        {offer && checkoutUrl === null && <Expired />}
        {offer?.payments === "simulated" && checkoutUrl && (
          <PayInPlace id={deployment.deploymentId} url={checkoutUrl} />
        )}
        {offer?.payments === "polar" && checkoutUrl && (
          <PayElsewhere id={deployment.deploymentId} url={checkoutUrl} />
        )}
      </Stack>
    </Card>
  );
}

interface PayProps {
  readonly id: string;
  readonly url: string;
}

function PayInPlace({ id, url }: PayProps) {
  const readOnly = useWhyNot(null);
  const queryClient = useQueryClient();
  const pay = useAction({
    mutationFn: () => paySimulated(url),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: deploymentKeys.one(id) }),
  });
  return (
    <>
      <Text c="dimmed">This is a simulated checkout: no money moves, and no card is asked for.</Text>
      <RefusalAlert error={pay.error} />
      <Group>
        <Unless reason={readOnly}>
          <Button loading={pay.isPending} onClick={() => pay.mutate()}>
            Pay (simulated)
          </Button>
        </Unless>
      </Group>
    </>
  );
}

function PayElsewhere({ id, url }: PayProps) {
  const readOnly = useWhyNot(null);
  // Who comes back from the checkout's tab has usually paid.
  const { isFetching, refetch } = useQuery({ ...deploymentQuery(id), refetchOnWindowFocus: "always" });
  return (
    <>
      <Text c="dimmed">
        The checkout opens in a tab of its own. This page goes on by itself as soon as the payment is
        confirmed; you can also leave it, and come back.
      </Text>
      <Group>
        <Unless reason={readOnly}>
          <Button component="a" href={/^https?:/.test(url) ? url : "#"} target="_blank" rel="noreferrer">
            Open the checkout
          </Button>
        </Unless>
        <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
          Look again
        </Button>
      </Group>
    </>
  );
}

function Expired() {
  return (
    <Text>
      Its checkout has expired and was not paid. <PageLink to="/buy">Buy another slot</PageLink>; this one can
      be deleted.
    </Text>
  );
}
