// Changing an assistant. What is stored stands in the form; of secrets only that they are set.
import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { deploymentQuery } from "../../api/deployments.ts";
import { PageLink } from "../../parts/page-link.tsx";
import { ImageForm } from "./settings/image-form.tsx";
import { SettingsForm } from "./settings/settings-form.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function SettingsTab() {
  const { id } = route.useParams();
  const { data: deployment } = useQuery(deploymentQuery(id));
  if (!deployment) return null;
  return (
    <Stack maw={720} gap="xl">
      <SettingsForm key={id} deployment={deployment} />
      <ImageForm key={`image ${id}`} deployment={deployment} />
      <Text>
        How much it may use of its models:{" "}
        <PageLink to="/assistants/$id/usage" params={{ id }} underline="always">
          usage and limits
        </PageLink>
        .
      </Text>
    </Stack>
  );
}
