// Callbacks of an assistant: whether they go out, what they are signed with, and what became of each.
import { Alert, Button, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { callbacksQuery, enableCallbacks } from "../../api/callbacks.ts";
import { BASE } from "../../api/client.ts";
import { type Deployment, deploymentQuery } from "../../api/deployments.ts";
import { useReadAgain } from "../../api/use-events.ts";
import { CurlSnippet } from "../../parts/curl-snippet.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Section } from "../../parts/page.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { plainText } from "../../parts/plain-text.ts";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useAction } from "../../parts/use-action.ts";
import { useWhyNot } from "../../parts/use-why-not.ts";
import { CallbackTable } from "./callbacks/callback-table.tsx";
import { SecretCard } from "./callbacks/secret-card.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function CallbacksTab() {
  const { id } = route.useParams();
  const { data: deployment } = useQuery(deploymentQuery(id));
  const list = useInfiniteQuery(callbacksQuery(id));
  useReadAgain({ names: ["callback"], id }, callbacksQuery(id).queryKey);
  if (!deployment) return null;
  return (
    <Section title="Callbacks">
      <Receiver deployment={deployment} />
      {deployment.callbackUrl !== null && <SecretCard id={id} />}
      <PagedList list={list} none="No callback has been sent yet.">
        {(callbacks) => <CallbackTable callbacks={callbacks} deployment={deployment} />}
      </PagedList>
    </Section>
  );
}

function Receiver({ deployment }: { readonly deployment: Deployment }) {
  const { deploymentId: id, callbackUrl, callbackDisabledAt } = deployment;
  if (callbackUrl === null)
    return (
      <Stack maw={720}>
        <Text>
          Berth calls no one when this assistant changes its state: it has no callback URL. Set one in its{" "}
          <PageLink to="/assistants/$id/settings" params={{ id }} underline="always">
            settings
          </PageLink>
          .
        </Text>
        <CurlSnippet
          method="PATCH"
          url={`${BASE}/api/v1/assistants/${id}`}
          body={{ callbackUrl: "https://example.com/berth" }}
        />
      </Stack>
    );
  if (callbackDisabledAt !== null) return <Disabled deployment={deployment} at={callbackDisabledAt} />;
  return (
    <Text style={{ overflowWrap: "anywhere" }}>
      They go to <bdi>{plainText(callbackUrl)}</bdi>.
    </Text>
  );
}

function Disabled({ deployment, at }: { readonly deployment: Deployment; readonly at: string }) {
  const queryClient = useQueryClient();
  const reason = useWhyNot(deployment.calls.patch);
  const enable = useAction({
    mutationFn: () => enableCallbacks(deployment),
    onSuccess: (changed) => {
      queryClient.setQueryData(deploymentQuery(deployment.deploymentId).queryKey, changed);
    },
  });
  return (
    <Alert color="orange" title="Callbacks are switched off" maw={720}>
      <Stack gap="sm" align="start">
        <Text style={{ overflowWrap: "anywhere" }}>
          <bdi>{plainText(deployment.callbackUrl ?? "")}</bdi> answered 410 <Moment at={at} />: it wants no
          more of them. What has happened since is not sent.
        </Text>
        <Unless reason={reason}>
          <Button size="xs" loading={enable.isPending} onClick={() => enable.mutate()}>
            Switch on again
          </Button>
        </Unless>
        <RefusalAlert error={enable.error} />
      </Stack>
    </Alert>
  );
}
