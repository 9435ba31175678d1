// Backups of an assistant: make, download, restore, delete.
import { Button, Loader, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { backupsQuery, makeBackup } from "../../api/backups.ts";
import { BASE } from "../../api/client.ts";
import { type Deployment, deploymentKeys, deploymentQuery } from "../../api/deployments.ts";
import { CurlSnippet } from "../../parts/curl-snippet.tsx";
import { Section } from "../../parts/page.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useAction } from "../../parts/use-action.ts";
import { useWhyNot } from "../../parts/use-why-not.ts";
import { BackupTable } from "./backups/backup-table.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function BackupsTab() {
  const { id } = route.useParams();
  const { data: deployment } = useQuery(deploymentQuery(id));
  const { data: backups, error, isPending } = useQuery(backupsQuery(id));
  if (!deployment) return null;
  return (
    <Section title="Backups" action={<MakeBackup deployment={deployment} />}>
      <Text c="dimmed" maw={720}>
        A backup has all of the assistant's data, and none of its keys. An active assistant stands still while
        it is copied.
      </Text>
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {backups && backups.length > 0 && <BackupTable backups={backups} deployment={deployment} />}
      {backups?.length === 0 && (
        <Stack maw={720}>
          <Text>There are no backups yet.</Text>
          <CurlSnippet method="POST" url={`${BASE}/api/v1/assistants/${id}/backups`} />
        </Stack>
      )}
    </Section>
  );
}

function MakeBackup({ deployment: { deploymentId: id, calls } }: { readonly deployment: Deployment }) {
  const queryClient = useQueryClient();
  const reason = useWhyNot(calls.backUp);
  const make = useAction({
    mutationFn: () => makeBackup(id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: deploymentKeys.one(id) }),
  });
  return (
    <Stack gap="xs" align="end">
      <Unless reason={reason}>
        <Button loading={make.isPending} onClick={() => make.mutate()}>
          Make a backup
        </Button>
      </Unless>
      <RefusalAlert error={make.error} />
    </Stack>
  );
}
