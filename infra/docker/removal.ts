// Which containers of a deployment are in Pulumi's way: a predicate for each case of Removal.
import type Docker from "dockerode";
import { resourceName } from "../args.ts";
import type { Removal } from "../target.ts";
import { RESTARTS_OF_A_CRASH_LOOP } from "./last-words.ts";

/** Of a container of the deployment, what decides. */
export interface Candidate extends Pick<Docker.ContainerInfo, "Id" | "Names" | "State"> {
  /** Asks the engine how often it has restarted the container. */
  readonly restarts: () => Promise<number>;
}

/** Whether a container of the deployment is one of those that are removed. @throws Error of the engine */
export async function isToBeRemoved(
  container: Candidate,
  removal: Removal,
  deploymentId: string,
): Promise<boolean> {
  switch (removal.which) {
    case "none":
      return false;
    case "every":
      return true;
    case "strangers":
      return isStranger(container, removal.own);
    case "out of order":
      return isOutOfOrder(container, deploymentId);
    case "strangers and out of order":
      return isStranger(container, removal.own) || isOutOfOrder(container, deploymentId);
  }
}

/** Whether containers that stay are put right. */
export function isPutRight({ which }: Removal): boolean {
  return which === "out of order" || which === "strangers and out of order";
}

/** Somebody else than the stack has made it: Pulumi does not know it, and can't make another one of its name. */
function isStranger({ Id }: Candidate, own: string | null): boolean {
  return Id !== own;
}

/** Pulumi would leave it as it is: it does not see that a container is paused, was renamed, or crashes again and again. */
async function isOutOfOrder({ Names, State, restarts }: Candidate, deploymentId: string): Promise<boolean> {
  if (State === "paused" || !Names.includes(`/${resourceName(deploymentId)}`)) return true;
  return (await restarts()) >= RESTARTS_OF_A_CRASH_LOOP;
}
