// One assistant: its headline, and the tab that is open.
import { Group, Loader, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Outlet } from "@tanstack/react-router";
import { deploymentQuery } from "../../api/deployments.ts";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { StateDot } from "../../parts/state-dot.tsx";
import { useTitle } from "../../parts/use-title.ts";
import { TabLinks } from "./tab-links.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function AssistantLayout() {
  const { id } = route.useParams();
  const { data, error, isPending } = useQuery(deploymentQuery(id));
  const name = data?.name ?? `Slot ${id.slice(-8)}`;
  useTitle(name);
  return (
    <Stack>
      <Group>
        <Title order={1} size="h2">
          <bdi>{name}</bdi>
        </Title>
        {data && <StateDot status={data.status} />}
      </Group>
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      <TabLinks id={id} />
      {data && <Outlet />}
    </Stack>
  );
}
