// The operations after which no assistant runs, and the backup, after which it runs as before.
import { backUpWork, restoreWork } from "../backups/work.ts";
import { keptImage } from "../deployments/images.ts";
import { dropSecrets, type Goal, removeFiles } from "../pulumi/stack-config.ts";
import type { AttemptContext } from "./attempt.ts";
import { removeFrom } from "./moving.ts";
import type { Outcome } from "./outcome.ts";
import { preboot } from "./preboot.ts";
import { destroyStep } from "./steps.ts";

/** Network and volume of a paid slot, ahead of its activation, with an assistant that waits for that or without. */
export async function prepare(context: AttemptContext): Promise<Outcome> {
  return (await preboot(context)) ?? downWith(context);
}

/** The container goes; network and volume stay. */
export async function stop(context: AttemptContext): Promise<Outcome> {
  return downWith(context);
}

/** As a stop. */
export async function suspend(context: AttemptContext): Promise<Outcome> {
  return downWith(context);
}

/** A stop, and then the data of a backup in the place of what there is. */
export async function restore(context: AttemptContext): Promise<Outcome> {
  const { sql, settings, operation, deployment } = context;
  const work = await restoreWork(sql, settings, operation, deployment);
  return downWith(context, { restore: work });
}

/** The stack is not changed: the child copies the data, and stands the assistant still meanwhile. */
export async function backup(context: AttemptContext): Promise<Outcome> {
  const { sql, settings, attempt, operation, deployment } = context;
  const backUp = await backUpWork(sql, settings, operation, deployment);
  return attempt.backUp(backUp);
}

/** Nothing of the deployment stays but its record. */
export async function remove(context: AttemptContext): Promise<Outcome> {
  const { settings, attempt, deployment } = context;
  const hasBegun = !attempt.isFirst;
  const step = destroyStep(context, deployment, attempt.unfinishedBefore, { hasBegun });
  const result = await attempt.runStep(step);
  if (result.state !== "succeeded") return result;
  // A move that has not ended has left something where it was before.
  const { moving } = deployment;
  const left = moving && (await attempt.here(() => removeFrom(context, moving.from)));
  if (left && left.state !== "done") return left;
  await removeFiles(settings, deployment);
  return result;
}

/** Brings the stack to no container, with the image that it has. Then nobody needs the assistant's secrets. */
async function downWith(
  { settings, attempt, deployment }: AttemptContext,
  data?: Goal["data"],
): Promise<Outcome> {
  const image = keptImage(settings, deployment);
  const result = await attempt.up({ replicas: 0, image, ...(data && { data }) });
  if (result.state === "succeeded") await dropSecrets(settings, deployment);
  return result;
}
