// What an assistant has used of its models, and how much it may.
import { Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { deploymentQuery } from "../../api/deployments.ts";
import { LimitsCard } from "./usage/limits-card.tsx";
import { UsageReport } from "./usage/usage-report.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function UsageTab() {
  const { id } = route.useParams();
  const { data: deployment } = useQuery(deploymentQuery(id));
  if (!deployment) return null;
  return (
    <Stack gap="xl">
      <Stack component="section" aria-labelledby="usage">
        <Title order={2} size="h3" id="usage">
          Usage
        </Title>
        <UsageReport id={id} />
      </Stack>
      <Stack component="section" aria-labelledby="limits">
        <Title order={2} size="h3" id="limits">
          Limits
        </Title>
        <LimitsCard deployment={deployment} />
      </Stack>
    </Stack>
  );
}
