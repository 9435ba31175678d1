// What the cluster reports, in events, of what keeps a pod from running.
import { type Cluster, inWords, unlessGone } from "./client.ts";
import { lastTrouble } from "./pod-state.ts";

export async function readEvents({ core, namespace }: Cluster, name: string) {
  const asked = { namespace, fieldSelector: `involvedObject.name=${name}` };
  return (await inWords(() => core.listNamespacedEvent(asked))).items;
}

/**
 * The last trouble of a pod; of one that has no node also of its claim, which may be all that is said.
 * @throws Error of the API server, in words
 */
export async function readTrouble(
  cluster: Cluster,
  name: string,
  claim: string | undefined,
): Promise<string | undefined> {
  const { core, namespace } = cluster;
  const pod = await inWords(() => core.readNamespacedPod({ name, namespace }).catch(unlessGone));
  const events = await readEvents(cluster, name);
  if (claim !== undefined && !pod?.spec?.nodeName) events.push(...(await readEvents(cluster, claim)));
  return lastTrouble(events);
}
