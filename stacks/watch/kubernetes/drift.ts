// What was asked for against what the cluster was seen to have. Pure: who looks, when, is watch.ts.
import type { Observed, ObservedPod } from "../../../infra/kubernetes/observe.ts";
import { counted } from "../../../infra/sentences.ts";
import type { Difference } from "../../database/deployment-table.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { recordedOutputs } from "../../deployments/outputs.ts";

type Recorded = Pick<Deployment, "status" | "outputs">;

const RESTARTS_OF_A_CRASH_LOOP = 5;
/** After such a run the kubelet, too, takes an end for the first one. */
const LONG_RUN_MS = 10 * 60_000;

/** The pod that can't stay up; undefined if there is none. */
export function crashing({ pods }: Observed): ObservedPod | undefined {
  return pods.find(
    ({ restarts, lastRunMs = 0, isReady }) =>
      restarts >= RESTARTS_OF_A_CRASH_LOOP && lastRunMs < LONG_RUN_MS && !isReady,
  );
}

/** How a deployment's objects differ from the record; undefined if they don't, or no operation has ended well. */
export function clusterDifference(recorded: Recorded, observed: Observed): Difference | undefined {
  const outputs = recordedOutputs(recorded.outputs);
  if (!outputs || outputs.status !== recorded.status) return undefined;
  const { set, pods } = observed;
  if (!set) return { state: "missing", detail: "The cluster does not have its StatefulSet any more." };
  if (outputs.status === "stopped") {
    if (set.replicas === 0 && pods.length === 0) return undefined;
    return {
      state: "unexpected",
      detail: `It is stopped, but the cluster has ${counted(pods.length, "pod")} of it.`,
    };
  }
  if (pods.length > 1) return { state: "unexpected", detail: `The cluster has ${pods.length} pods of it.` };
  if (set.replicas !== 1)
    return { state: "ended", detail: `Its StatefulSet was asked to run ${counted(set.replicas, "pod")}.` };
  if (outputs.containerId !== null && set.uid !== outputs.containerId)
    return { state: "changed", detail: "Its StatefulSet is another one than Berth has made." };
  return podDifference(pods[0]);
}

function podDifference(pod: ObservedPod | undefined): Difference | undefined {
  if (!pod) return { state: "ended", detail: "No pod of it runs." };
  if (pod.lostSince)
    return {
      state: "unknown",
      detail: `The node ${pod.node} of its pod has not answered since ${pod.lostSince.toISOString()}: whether it runs there is not known. It is started elsewhere when the node is removed from the cluster, if its volume can follow; until then it waits for the node.`,
    };
  if (pod.isReady) return undefined;
  if (pod.reason) return { state: "ended", detail: pod.reason };
  const how =
    pod.restarts > 0 ? ` It has ended: ${pod.howItEnded}, ${counted(pod.restarts, "restart")}.` : "";
  return { state: "restarting", detail: `Its pod is not ready (${pod.phase}).${how}` };
}
