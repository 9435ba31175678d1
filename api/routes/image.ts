import type { RequestHandler } from "express";
import { type Deployment, getDeployment } from "../../stacks/deployments/deployments.ts";
import { currentPin, wantedImage } from "../../stacks/deployments/images.ts";
import { BerthError } from "../../stacks/errors.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import { callerOf } from "../middleware/caller.ts";
import { deploymentId } from "./deployment-id.ts";
import { imageView } from "./deployment-view.ts";

/** GET /:id/image: what it runs, and what the next redeploy would bring. */
export function image({ sql, settings }: Pick<LifecycleContext, "sql" | "settings">): RequestHandler {
  return async (request, response) => {
    const deployment = await getDeployment(sql, callerOf(response).accountId, deploymentId(request));
    const latest = await latestImage(settings, deployment, wantedImage(settings, deployment));
    response.json({ data: { ...imageView(settings, deployment), latest } });
  };
}

/**
 * What a reference means now where the deployment lives; null if that has to be pulled first.
 * @throws BerthError UNAVAILABLE
 */
export async function latestImage(
  settings: StackSettings,
  deployment: Deployment,
  reference: string,
): Promise<string | null> {
  return (await currentPin(settings, deployment, reference).catch(engineAway)) ?? null;
}

/** @throws BerthError UNAVAILABLE in place of what an engine's error says */
export function engineAway(error: unknown): never {
  throw new BerthError(
    "UNAVAILABLE",
    `${error instanceof Error ? error.message : error} Nothing was changed.`,
  );
}
