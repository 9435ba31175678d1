import type { Deployment } from "../api/deployments.ts";
import { plainText } from "./plain-text.ts";

/** Without what turns or hides text. Of a slot without a name: the end of its id, which differs also where several were bought at once. */
export function shownName({ name, deploymentId }: Pick<Deployment, "name" | "deploymentId">): string {
  return name !== null ? plainText(name) : `Slot ${deploymentId.slice(-8)}`;
}
