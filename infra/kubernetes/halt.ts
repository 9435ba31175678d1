// Stands an assistant still for a while and starts it again, past Pulumi. The number of replicas is taken over by a manager of its
// own meanwhile, and given back afterwards: nothing of that is left in what Pulumi applies.
import { PatchStrategy, setHeaderOptions, type V1StatefulSet } from "@kubernetes/client-node";
import { type Cluster, inWords } from "./client.ts";
import { HALT_MANAGER, setName } from "./names.ts";
import { readSet, untilNoPod } from "./settlement.ts";

/** @returns whether it was to run; false, too, if there is none @throws Error when it runs on */
export async function haltAssistant(cluster: Cluster, deploymentId: string): Promise<boolean> {
  const set = await readSet(cluster, deploymentId);
  if (!set) return false;
  const wasToRun = set.spec?.replicas !== 0 || isHalted(set);
  if (wasToRun) await apply(cluster, deploymentId, { spec: { replicas: 0 } });
  await untilNoPod(cluster, deploymentId);
  return wasToRun;
}

/** Gives the number back, which is 1 where nobody says another; nothing is done where Berth has not taken it. */
export async function startAssistant(cluster: Cluster, deploymentId: string): Promise<boolean> {
  const set = await readSet(cluster, deploymentId);
  if (!set || !isHalted(set)) return false;
  await apply(cluster, deploymentId, {});
  return true;
}

/** Whether Berth has stood it still, and has not started it again. */
function isHalted({ metadata }: V1StatefulSet): boolean {
  return (metadata?.managedFields ?? []).some(({ manager }) => manager === HALT_MANAGER);
}

/** What a manager applied before and does not apply any more is no longer its own. */
async function apply({ apps, namespace }: Cluster, deploymentId: string, fields: object): Promise<void> {
  const name = setName(deploymentId);
  const body = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name }, ...fields };
  const asked = { name, namespace, body, fieldManager: HALT_MANAGER, force: true };
  await inWords(() =>
    apps.patchNamespacedStatefulSet(asked, setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply)),
  );
}
