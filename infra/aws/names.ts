// Names by which a deployment's parts are found on AWS.
import { resourceName } from "../args.ts";

/** The tag that everything of a deployment carries. */
export const DEPLOYMENT_TAG = "berth:deployment";

/** Folder of the file system that holds the state of all deployments. */
export const STATE_ROOT = "/berth";

export function stateDirectory(deploymentId: string): string {
  return `${STATE_ROOT}/${deploymentId}`;
}

export function secretName(deploymentId: string): string {
  return `berth/${deploymentId}`;
}

/** Container of the task that carries a state out or in. */
export const TRANSFER = "transfer";

export function transferSecretName(deploymentId: string): string {
  return `${secretName(deploymentId)}/${TRANSFER}`;
}

export function transferFamily(deploymentId: string): string {
  return `${resourceName(deploymentId)}-${TRANSFER}`;
}

/** Container of the eraser's task, and where it has the directories of all deployments. */
export const ERASER = "eraser";
export const ERASER_MOUNT = "/state";
