// Docker against the stack's state: whether it has what that says, whose it is, and what there is beside it.
import { resourceName } from "../../../infra/args.ts";
import { type Check, type Complaint, error, REDEPLOY } from "../check.ts";
import type { InStack } from "../picture.ts";
import { NOT_ITS_OWN } from "../stack-checks.ts";
import type { OnDocker } from "./picture.ts";

export const RESOURCE_CHECKS: readonly Check<InStack & OnDocker>[] = [
  { name: "stack-resources", look: resourcesExist },
  { name: "resource-ownership", look: resourcesAreItsOwn },
  { name: "stack-beside", look: nothingIsBesideTheState },
];

function resourcesExist({ deployment, stack: { resources }, held }: InStack & OnDocker): Complaint[] {
  const there: Readonly<Record<string, readonly string[]>> = {
    "docker:index/container:Container": held.containers.map(({ inspected }) => inspected.Id),
    "docker:index/network:Network": held.networks.map(({ Id }) => Id),
    "docker:index/volume:Volume": held.volumes,
  };
  return resources.flatMap(({ type, id }) => {
    const ids = there[type];
    if (!ids || (id !== undefined && (ids.includes(id) || isAnothers(id, deployment.id, held)))) return [];
    const message = `Its state's ${kindOf(type)} ${id ?? "without an id"}: expected in the engine, found nothing.`;
    const isData = id === resourceName(deployment.id);
    return [error(message, isData ? "Restore a backup of it: its data is gone." : REDEPLOY)];
  });
}

function resourcesAreItsOwn({ deployment, stack: { resources }, held }: InStack & OnDocker): Complaint[] {
  return resources.flatMap(({ type, id = "" }) => {
    if (!isAnothers(id, deployment.id, held)) return [];
    const whose = `deployment ${held.owners.get(id)}'s`;
    return [error(`Its state's ${kindOf(type)} ${id}: expected its own, found ${whose}.`, NOT_ITS_OWN)];
  });
}

/** Data that is not in the state is taken over by its name. */
function nothingIsBesideTheState({ deployment, stack, held }: InStack & OnDocker): Complaint[] {
  if (!stack.exists || stack.damage !== undefined) return [];
  const known = new Set(stack.resources.flatMap(({ id }) => id ?? []));
  const parts = [
    ...held.containers.map(({ inspected }) => ({
      id: inspected.Id,
      words: `container ${inspected.Name.slice(1)}`,
    })),
    ...held.networks.map(({ Id, Name }) => ({ id: Id, words: `network ${Name}` })),
    ...held.volumes.map((name) => ({ id: name, words: `volume ${name}` })),
  ];
  const beside = parts.filter(({ id }) => !known.has(id) && id !== resourceName(deployment.id));
  const advice = "Redeploy, stop or delete it: each removes first what its state doesn't know.";
  return beside.map(({ words }) =>
    error(`What the engine has of it: expected what its state knows, found ${words} beside that.`, advice),
  );
}

function isAnothers(id: string, deploymentId: string, { owners }: OnDocker["held"]): boolean {
  const owner = owners.get(id);
  return owner !== undefined && owner !== deploymentId;
}

function kindOf(type: string): string {
  return type.split(":").at(-1)?.toLowerCase() ?? type;
}
