// One assistant: what is so, what can be done, what is being done, and the tab that is open.
import { Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Outlet } from "@tanstack/react-router";
import { deploymentQuery, statusQuery } from "../../api/deployments.ts";
import { useOperationEvents } from "../../api/operations.ts";
import { shownName } from "../../parts/names.ts";
import { PageLink } from "../../parts/page-link.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { StateDot } from "../../parts/state-dot.tsx";
import { useTitle } from "../../parts/use-title.ts";
import { headlineOf, isLive } from "./headline/headline.ts";
import { HeadlineAlert } from "./headline/headline-alert.tsx";
import { Verbs } from "./headline/verbs.tsx";
import { RunningOperation } from "./progress/running-operation.tsx";
import { TabLinks } from "./tab-links.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function AssistantLayout() {
  const { id } = route.useParams();
  const { data: deployment, error, isPending } = useQuery(deploymentQuery(id));
  const { data: status } = useQuery(statusQuery(id));
  const name = shownName({ name: deployment?.name ?? null, deploymentId: id });
  useTitle(name);
  useOperationEvents(id);
  const operation = status?.operation ?? null;
  // Its own call knows nothing of it any more.
  if (status?.status === "deleted") return <Deleted name={name} />;
  const isSetUp = deployment && deployment.status !== "pending_payment" && deployment.status !== "purchased";
  return (
    <Stack>
      <Group>
        <Title order={1} size="h2">
          <bdi>{name}</bdi>
        </Title>
        {deployment && <StateDot status={deployment.status} />}
      </Group>
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {deployment && <HeadlineAlert deployment={deployment} headline={headlineOf(deployment, status)} />}
      {isSetUp && <Verbs deployment={deployment} operation={operation} />}
      {deployment && isLive(operation) && operation.kind !== "prepare" && (
        <RunningOperation key={operation.id} deployment={deployment} operation={operation} />
      )}
      {deployment && <TabLinks id={id} status={deployment.status} />}
      {deployment && <Outlet />}
    </Stack>
  );
}

function Deleted({ name }: { readonly name: string }) {
  return (
    <Stack>
      <Title order={1} size="h2">
        <bdi>{name}</bdi>
      </Title>
      <Text>This assistant is deleted, with its data.</Text>
      <Text>
        <PageLink to="/">To your assistants</PageLink>
      </Text>
    </Stack>
  );
}
