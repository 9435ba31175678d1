import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { deploymentQuery } from "../../api/deployments.ts";
import { Section } from "../../parts/page.tsx";
import { LogPanel } from "./log/log-panel.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function LogsTab() {
  const { id } = route.useParams();
  const { data: deployment } = useQuery(deploymentQuery(id));
  return (
    <Section title="Logs">
      {deployment?.outputs === null && (
        <Text>There is no log yet: this assistant has no container. It writes once it was started.</Text>
      )}
      {deployment && deployment.outputs !== null && <LogPanel id={id} key={id} />}
    </Section>
  );
}
