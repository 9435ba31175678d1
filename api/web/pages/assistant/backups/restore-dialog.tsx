// Restoring a backup: into the assistant itself, or into another slot of the account, which makes a clone.
import { Alert, Loader, Select, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Backup, MOST_TARGETS, restoreBackup, restoreTargetsQuery } from "../../../api/backups.ts";
import type { Shapes } from "../../../api/client.ts";
import { type Deployment, deploymentKeys } from "../../../api/deployments.ts";
import { ConfirmDialog } from "../../../parts/confirm-dialog.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { shownName } from "../../../parts/names.ts";
import { PageLink } from "../../../parts/page-link.tsx";
import { useAction } from "../../../parts/use-action.ts";

type Target = Pick<Shapes["ListedDeployment"], "deploymentId" | "name" | "status">;

interface RestoreDialogProps {
  readonly backup: Backup;
  readonly deployment: Deployment;
  readonly onClose: () => void;
}

export function RestoreDialog({ backup, deployment, onClose }: RestoreDialogProps) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { data: targets, error, isPending } = useQuery(restoreTargetsQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const own = targets?.find(({ deploymentId }) => deploymentId === deployment.deploymentId);
  const target = chosen === null ? own : targets?.find(({ deploymentId }) => deploymentId === chosen);
  const restore = useAction({
    mutationFn: ({ deploymentId }: Target) => restoreBackup(deploymentId, backup.id),
    onSuccess: async ({ deploymentId }) => {
      void queryClient.invalidateQueries({ queryKey: deploymentKeys.one(deploymentId) });
      onClose();
      await navigate({ to: "/assistants/$id/operations", params: { id: deploymentId } });
    },
  });
  return (
    <ConfirmDialog
      title="Restore this backup?"
      isOpen
      verb={restore.isPending ? "Restoring …" : "Restore"}
      isDangerous={target !== undefined && target.status !== "purchased"}
      whyNot={target ? null : "Choose first what the data goes into."}
      isPending={restore.isPending}
      error={restore.error ?? error}
      onConfirm={() => target && restore.mutate(target)}
      onClose={onClose}
    >
      <Text>
        This backup was made <Moment at={backup.createdAt} />.
      </Text>
      {isPending && <Loader aria-label="Loading" />}
      {targets && (
        <Select
          label="Into"
          placeholder="Choose"
          data={targets.map((each) => ({ value: each.deploymentId, label: labelOf(each, deployment) }))}
          value={target?.deploymentId ?? null}
          onChange={setChosen}
          nothingFoundMessage="No slot is free"
          searchable
        />
      )}
      {targets && !own && <NotItself deployment={deployment} />}
      {targets?.length === MOST_TARGETS && (
        <Text>The first {MOST_TARGETS} slots are shown here. The API restores into any.</Text>
      )}
      {target && <Consequences target={target} isItself={target === own} />}
    </ConfirmDialog>
  );
}

function NotItself({ deployment: { calls } }: { readonly deployment: Deployment }) {
  return (
    <Alert color="gray">
      <Text>
        Not into this assistant itself now: {calls.restore.reason} For a clone{" "}
        <PageLink to="/buy" underline="always">
          buy another slot
        </PageLink>
        , pay it, and choose it here.
      </Text>
    </Alert>
  );
}

function Consequences({ target, isItself }: { readonly target: Target; readonly isItself: boolean }) {
  if (target.status === "purchased")
    return (
      <Text>
        This slot has no assistant yet. It gets a copy of the data, in the place of an earlier copy; bot, keys
        and settings are those that you then activate it with. The assistant of the backup stays as it is.
      </Text>
    );
  return (
    <Stack gap="xs">
      <Text>
        <b>All data of {isItself ? "this assistant" : <bdi>{nameOf(target)}</bdi>} is replaced</b> by what is
        in the backup: what it has learned and stored since is not in it. Bot, keys and settings stay.
      </Text>
      <Text>
        Berth makes a backup of the present data first, by which you can come back. Afterwards the assistant
        is stopped: redeploy starts it.
      </Text>
    </Stack>
  );
}

function labelOf(target: Target, { deploymentId }: Deployment): string {
  if (target.deploymentId === deploymentId) return `This assistant: ${nameOf(target)}`;
  return target.status === "purchased" ? `${nameOf(target)} (new)` : `${nameOf(target)} (${target.status})`;
}

function nameOf(target: Target): string {
  return shownName(target);
}
