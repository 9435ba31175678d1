// Backups of an assistant's data.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, BASE, client, type Shapes } from "./client.ts";
import { deploymentKeys } from "./deployments.ts";

export type Backup = Shapes["Backup"];

/** As many slots as one page of the API has. */
export const MOST_TARGETS = 100;

export function backupsQuery(id: string) {
  return queryOptions({
    queryKey: [...deploymentKeys.one(id), "backups"],
    queryFn: async () =>
      (await answerOf(client.GET("/api/v1/assistants/{id}/backups", { params: { path: { id } } }))).data,
  });
}

/** Slots of the account that a backup can be restored into. */
export const restoreTargetsQuery = queryOptions({
  queryKey: [...deploymentKeys.all, "restore targets"],
  staleTime: 0,
  queryFn: async () => {
    const status: ("purchased" | "stopped" | "failed")[] = ["purchased", "stopped", "failed"];
    const { data } = await answerOf(
      client.GET("/api/v1/assistants", { params: { query: { limit: MOST_TARGETS, status } } }),
    );
    return data.filter(({ calls }) => calls.restore.isAllowed);
  },
});

export function downloadUrl({ deploymentId, id }: Backup): string {
  return `${BASE}/api/v1/assistants/${deploymentId}/backups/${id}/download`;
}

export async function makeBackup(id: string): Promise<Shapes["BackupAccepted"]> {
  return (await answerOf(client.POST("/api/v1/assistants/{id}/backups", { params: { path: { id } } }))).data;
}

/** @param id of the slot that the data goes into */
export async function restoreBackup(id: string, backupId: string): Promise<Shapes["BackupAccepted"]> {
  const call = client.POST("/api/v1/assistants/{id}/restore", {
    params: { path: { id } },
    body: { backupId },
  });
  return (await answerOf(call)).data;
}

export async function deleteBackup({ deploymentId, id }: Backup): Promise<void> {
  const path = { id: deploymentId, backupId: id };
  await answerOf(client.DELETE("/api/v1/assistants/{id}/backups/{backupId}", { params: { path } }));
}
