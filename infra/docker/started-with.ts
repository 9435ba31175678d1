// With which version of its settings a deployment's container was started, as its label says.
import Docker from "dockerode";
import { resourceName } from "../args.ts";
import { unlessGone } from "./client.ts";
import { STARTED_WITH_LABEL } from "./names.ts";

const TIMEOUT_MS = 5_000;

/** Undefined if it has no container that runs, or one of a version of Berth that wrote none. */
export async function readStartedWith(deploymentId: string): Promise<string | undefined> {
  const container = new Docker({ timeout: TIMEOUT_MS }).getContainer(resourceName(deploymentId));
  const found = await container.inspect().catch(unlessGone);
  return found?.State.Running ? found.Config.Labels[STARTED_WITH_LABEL] : undefined;
}
