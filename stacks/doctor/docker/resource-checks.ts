// Whether Docker has what the stack's state says that it has.
import { type Check, type Complaint, error, REDEPLOY } from "../check.ts";
import type { InStack } from "../picture.ts";
import type { OnDocker } from "./picture.ts";

export const RESOURCE_CHECKS: readonly Check<InStack & OnDocker>[] = [
  { name: "stack-resources", look: resourcesExist },
];

function resourcesExist({ stack: { resources }, held }: InStack & OnDocker): Complaint[] {
  const there: Readonly<Record<string, readonly string[]>> = {
    "docker:index/container:Container": held.containers.map(({ inspected }) => inspected.Id),
    "docker:index/network:Network": held.networks.map(({ Id }) => Id),
    "docker:index/volume:Volume": held.volumes,
  };
  return resources.flatMap(({ type, id }) => {
    const ids = there[type];
    if (!ids || (id !== undefined && ids.includes(id))) return [];
    const kind = type.split(":").at(-1)?.toLowerCase();
    const message = `Its state's ${kind} ${id ?? "without an id"}: expected in the engine, found nothing.`;
    return [error(message, REDEPLOY)];
  });
}
