// An assistant that stood still for a backup is started again when nobody else would do it.
import type { Logger } from "pino";
import type { Sql } from "../database/database.ts";
import { findDeployment } from "../deployments/deployments.ts";
import { keptImage } from "../deployments/images.ts";
import { targetOf } from "../deployments/regions.ts";
import type { Operation } from "../operations/operations.ts";
import type { StackSettings } from "../settings.ts";

interface Parts {
  readonly sql: Sql;
  readonly settings: StackSettings;
  readonly log: Logger;
}

/**
 * Call it before an operation is settled that did not end by itself: a backup may have left its assistant standing
 * still, and nobody would come back to it.
 */
export async function bringBack(
  { sql, settings, log }: Parts,
  { id, kind, deployment_id }: Operation,
): Promise<void> {
  if (kind !== "backup") return;
  const deployment = await findDeployment(sql, deployment_id);
  // What was asked for since then decides whether it is to run.
  if (deployment?.status !== "active" || deployment.operation_id !== id) return;
  const { maxBytes } = settings.backups;
  const wanted = { deploymentId: deployment_id, image: keptImage(settings, deployment), maxBytes };
  const start = async () => {
    const target = await targetOf(settings, deployment);
    await (await target.data(wanted)).start();
  };
  await start().catch((error: unknown) =>
    log.error(
      { err: error, deployment: deployment_id },
      "an assistant could not be started after its backup",
    ),
  );
}
