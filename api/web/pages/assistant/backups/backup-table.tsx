import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Backup, backupsQuery, deleteBackup, downloadUrl } from "../../../api/backups.ts";
import type { Deployment } from "../../../api/deployments.ts";
import { ConfirmDialog } from "../../../parts/confirm-dialog.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { plainText } from "../../../parts/plain-text.ts";
import { bytes } from "../../../parts/units.ts";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";
import { WordDot, type WordDotProps } from "../../../parts/word-dot.tsx";
import { RestoreDialog } from "./restore-dialog.tsx";

const REASONS: Readonly<Record<Backup["reason"], string>> = {
  requested: "By request",
  scheduled: "By schedule",
  upgrade: "Before an upgrade",
  restore: "Before a restore",
  adopt: "Before a move",
};

const STATES: Readonly<Record<Backup["state"], WordDotProps>> = {
  running: { word: "Being made", colour: "cyan" },
  ready: { word: "Ready", colour: "green" },
  failed: { word: "Failed", colour: "red" },
};

interface BackupTableProps {
  readonly backups: readonly Backup[];
  readonly deployment: Deployment;
}

export function BackupTable({ backups, deployment }: BackupTableProps) {
  const [restored, setRestored] = useState<Backup | null>(null);
  const [deleted, setDeleted] = useState<Backup | null>(null);
  return (
    <>
      <Table.ScrollContainer minWidth={340}>
        <Table verticalSpacing="sm" horizontalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Made</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th ta="right">Actions</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {backups.map((backup) => (
              <Row
                key={backup.id}
                backup={backup}
                onRestore={() => setRestored(backup)}
                onDelete={() => setDeleted(backup)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {restored && (
        <RestoreDialog backup={restored} deployment={deployment} onClose={() => setRestored(null)} />
      )}
      {deleted && <DeleteDialog backup={deleted} onClose={() => setDeleted(null)} />}
    </>
  );
}

interface RowProps {
  readonly backup: Backup;
  readonly onRestore: () => void;
  readonly onDelete: () => void;
}

function Row({ backup, onRestore, onDelete }: RowProps) {
  const readOnly = useWhyNot(null);
  const unready = whyUnready(backup);
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Moment at={backup.createdAt} />
        <Text size="xs" c="dimmed">
          {REASONS[backup.reason]}
        </Text>
      </Table.Td>
      <Table.Td maw={300} style={{ overflowWrap: "anywhere" }}>
        <Stack gap={4} align="start">
          <WordDot {...STATES[backup.state]} />
          {backup.size !== null && <Text size="xs">{bytes(backup.size)}</Text>}
          {backup.error && <Text size="xs">{plainText(backup.error.message)}</Text>}
        </Stack>
      </Table.Td>
      <Table.Td>
        <Group gap="xs" justify="end">
          <Unless reason={unready}>
            <Button component="a" href={downloadUrl(backup)} download variant="default" size="xs">
              Download
            </Button>
          </Unless>
          <Unless reason={readOnly ?? unready}>
            <Button variant="default" size="xs" onClick={onRestore}>
              Restore
            </Button>
          </Unless>
          <Unless reason={readOnly ?? (backup.state === "running" ? unready : null)}>
            <Button variant="default" size="xs" onClick={onDelete}>
              Delete
            </Button>
          </Unless>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function whyUnready({ state }: Backup): string | null {
  if (state === "ready") return null;
  return state === "running"
    ? "This backup is still being made."
    : "This backup failed: there is no file of it.";
}

function DeleteDialog({ backup, onClose }: { readonly backup: Backup; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const remove = useAction({
    mutationFn: deleteBackup,
    onSuccess: () => {
      void queryClient.invalidateQueries(backupsQuery(backup.deploymentId));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title="Delete this backup?"
      isOpen
      verb={remove.isPending ? "Deleting …" : "Delete"}
      isDangerous
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(backup)}
      onClose={onClose}
    >
      <Text>
        It was made <Moment at={backup.createdAt} />, and is lost for good. The assistant's data stays as it
        is.
      </Text>
    </ConfirmDialog>
  );
}
