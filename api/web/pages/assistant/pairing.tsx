// Who may write to the bot: those whom the settings allow, or those who were let in.
import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { BASE } from "../../api/client.ts";
import { type Deployment, deploymentQuery } from "../../api/deployments.ts";
import { CurlSnippet } from "../../parts/curl-snippet.tsx";
import { Section } from "../../parts/page.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { PairingRequests } from "./pairing/requests.tsx";
import { usePairings } from "./pairing/use-pairings.ts";
import { BotLink } from "./pairing/write-to-bot.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function PairingTab() {
  const { id } = route.useParams();
  const { data: deployment } = useQuery(deploymentQuery(id));
  return deployment ? <Pairing deployment={deployment} /> : null;
}

function Pairing({ deployment }: { readonly deployment: Deployment }) {
  const { deploymentId: id, allowFrom, calls } = deployment;
  const { data: requests, error, isFetching, refetch } = usePairings(deployment);
  return (
    <Section title="Who waits to be let in">
      {allowFrom && allowFrom.length > 0 && <Allowed id={id} users={allowFrom} />}
      <RefusalAlert error={error} />
      {!calls.pairing.isAllowed && <Text>{calls.pairing.reason}</Text>}
      {requests && requests.length > 0 && <PairingRequests id={id} requests={requests} />}
      {requests?.length === 0 && (
        <Text>
          Nobody waits. Who writes to <BotLink id={id} /> for the first time gets a code, and appears here.
        </Text>
      )}
      <Group>
        <Unless reason={calls.pairing.reason}>
          <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
            Look again
          </Button>
        </Unless>
      </Group>
      <CurlSnippet
        method="POST"
        url={`${BASE}/api/v1/assistants/${id}/pairing/approve`}
        body={{ code: requests?.[0]?.code ?? "ABCD2345" }}
      />
    </Section>
  );
}

function Allowed({ id, users }: { readonly id: string; readonly users: readonly string[] }) {
  return (
    <Text style={{ overflowWrap: "anywhere" }}>
      The settings name who may write: {users.join(", ")}. Nobody else is answered, and nobody gets a code.{" "}
      <PageLink to="/assistants/$id/settings" params={{ id }} underline="always">
        Change them
      </PageLink>
    </Text>
  );
}
