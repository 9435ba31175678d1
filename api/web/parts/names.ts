import type { Deployment } from "../api/deployments.ts";

/** Of a slot without a name: the end of its id, which differs also where several were bought at once. */
export function shownName({ name, deploymentId }: Pick<Deployment, "name" | "deploymentId">): string {
  return name ?? `Slot ${deploymentId.slice(-8)}`;
}
