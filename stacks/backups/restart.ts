// What is left to do once an operation that touched an assistant's data has ended, however it did.
import type { Logger } from "pino";
import { targetState } from "../../infra/targets.ts";
import type { Sql } from "../database/database.ts";
import { findDeployment } from "../deployments/deployments.ts";
import { keptImage } from "../deployments/images.ts";
import { foundationOf } from "../deployments/regions.ts";
import type { Operation } from "../operations/operations.ts";
import type { StackSettings } from "../settings.ts";
import { tidyBackups } from "./retention.ts";

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
  const place = { deploymentId: deployment_id, image: keptImage(settings, deployment), maxBytes };
  const start = async () => (await targetState(foundationOf(settings, deployment), place)).start();
  await start().catch((error: unknown) =>
    log.error(
      { err: error, deployment: deployment_id },
      "an assistant could not be started after its backup",
    ),
  );
}

/** Call it when such an operation is settled: see retention.ts. What can't be done is done after the next one. */
export async function tidyAfter(
  { sql, settings, log }: Parts,
  { kind, deployment_id }: Operation,
): Promise<void> {
  if (kind !== "backup" && kind !== "restore" && kind !== "redeploy") return;
  await tidyBackups(sql, settings, deployment_id).catch((error: unknown) =>
    log.error({ err: error, deployment: deployment_id }, "old backups could not be removed"),
  );
}
