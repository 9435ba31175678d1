// What an assistant has used of its models, and how much it may.
import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { deploymentQuery } from "../../api/deployments.ts";
import { Section } from "../../parts/page.tsx";
import { LimitsCard } from "./usage/limits-card.tsx";
import { UsageReport } from "./usage/usage-report.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function UsageTab() {
  const { id } = route.useParams();
  const { data: deployment } = useQuery(deploymentQuery(id));
  if (!deployment) return null;
  return (
    <Stack gap="xl">
      <Section title="Usage">
        <UsageReport id={id} />
      </Section>
      <Section title="Limits">
        <LimitsCard deployment={deployment} />
      </Section>
    </Stack>
  );
}
