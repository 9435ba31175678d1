// One assistant.
import { Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { deploymentQuery } from "../api/deployments.ts";
import { RefusalAlert } from "../parts/refusal-alert.tsx";
import { StateDot } from "../parts/state-dot.tsx";
import { useTitle } from "../parts/use-title.ts";

export function AssistantPage() {
  const { id } = useParams({ from: "/signed-in/assistants/$id" });
  const { data, error, isPending } = useQuery(deploymentQuery(id));
  const name = data?.name ?? `Slot ${id.slice(0, 8)}`;
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
      {data && <Text c="dimmed">{data.modelId}</Text>}
    </Stack>
  );
}
