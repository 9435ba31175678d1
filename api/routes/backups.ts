import type { Request, RequestHandler } from "express";
import type { z } from "zod";
import { openBackup, removeBackup, requireBackupFile } from "../../stacks/backups/files.ts";
import { type Backup, getBackup, listBackups, noSuchBackup } from "../../stacks/backups/records.ts";
import { requestBackup, requestRestore } from "../../stacks/backups/requests.ts";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import type * as answers from "../contract/backups.ts";
import { DeploymentId, EmptyBody, RestoreBody } from "../contract/requests.ts";
import type { KeyParts } from "../middleware/authenticate.ts";
import { callerOf } from "../middleware/caller.ts";
import { AtOnce } from "../middleware/concurrency-limit.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";
import { acceptedView } from "./deployment-view.ts";
import { sendDownload } from "./send-download.ts";

const DOWNLOADS_OF_AN_ACCOUNT = 3;

/** POST /:id/backups: copies the assistant's data, which stands still meanwhile. */
export function backUp(parts: LifecycleContext): RequestHandler {
  return async (request, response) => {
    const id = deploymentId(request);
    parse(EmptyBody, request.body);
    const { deployment, operation, backupId } = await requestBackup(parts, callerOf(response), id);
    response.status(202).json({ data: { ...acceptedView(deployment.status, operation), backupId } });
  };
}

/** POST /:id/restore: replaces the data by that of a backup of the account. */
export function restore(parts: LifecycleContext): RequestHandler {
  return async (request, response) => {
    const id = deploymentId(request);
    const wanted = parse(RestoreBody, request.body).backupId.toLowerCase();
    const { deployment, operation, backupId } = await requestRestore(parts, callerOf(response), id, wanted);
    response.status(202).json({ data: { ...acceptedView(deployment.status, operation), backupId } });
  };
}

/** GET /:id/backups: newest first. */
export function list({ sql }: LifecycleContext): RequestHandler {
  return async (request, response) => {
    const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
    response.json({ data: (await listBackups(sql, deployment)).map(backupView) });
  };
}

/** GET /:id/backups/:backupId */
export function show(parts: LifecycleContext): RequestHandler {
  return async (request, response) => {
    response.json({ data: backupView(await find(parts, callerOf(response).accountId, request)) });
  };
}

/** DELETE /:id/backups/:backupId */
export function remove(parts: LifecycleContext): RequestHandler {
  return async (request, response) => {
    parse(EmptyBody, request.body);
    const backup = await find(parts, callerOf(response).accountId, request);
    await removeBackup(parts, backup);
    response.json({ data: backupView(backup) });
  };
}

/**
 * GET /:id/backups/:backupId/download: the data as a `.tar.gz`. What was damaged since ends the connection, and so does
 * the end of the key. HEAD decrypts nothing.
 */
export function download(parts: LifecycleContext & Pick<KeyParts, "keyLookup">): RequestHandler {
  const downloads = new AtOnce(DOWNLOADS_OF_AN_ACCOUNT, "downloads backups");
  return async (request, response) => {
    const backup = await find(parts, callerOf(response).accountId, request);
    const isWanted = request.method !== "HEAD";
    if (isWanted) downloads.count(response);
    else await requireBackupFile(parts.settings, backup);
    const content = isWanted ? await openBackup(parts.settings, backup) : [];
    await sendDownload(request, response, parts, {
      type: "application/gzip",
      fileName: `${backup.deployment_id}-${backup.id}.tar.gz`,
      content,
      failure: "a backup can't be read",
    });
  };
}

async function find({ sql }: LifecycleContext, accountId: string, request: Request): Promise<Backup> {
  const deployment = await getDeployment(sql, accountId, deploymentId(request));
  const id = DeploymentId.safeParse(request.params.backupId);
  if (!id.success) throw noSuchBackup();
  return getBackup(sql, deployment, id.data.toLowerCase());
}

function backupView(backup: Backup): z.infer<typeof answers.Backup> {
  return {
    id: backup.id,
    deploymentId: backup.deployment_id,
    reason: backup.reason,
    state: backup.state,
    size: backup.size === null ? null : Number(backup.size),
    sha256: backup.sha256,
    image: backup.image,
    operationId: backup.operation_id,
    error: backup.error,
    createdAt: backup.created_at,
    finishedAt: backup.finished_at,
  };
}
