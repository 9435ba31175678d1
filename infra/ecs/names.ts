// Names by which a deployment's parts are found on AWS.

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

/** Container of the eraser's task, and where it has the directories of all deployments. */
export const ERASER = "eraser";
export const ERASER_MOUNT = "/state";
