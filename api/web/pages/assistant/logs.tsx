import { Stack, Title } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { LogPanel } from "./log/log-panel.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function LogsTab() {
  const { id } = route.useParams();
  return (
    <Stack gap="sm">
      <Title order={2} size="h3">
        Logs
      </Title>
      <LogPanel id={id} key={id} />
    </Stack>
  );
}
