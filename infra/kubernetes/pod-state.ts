// What the cluster says of an assistant's pod, in words from which causes are known. Pure.
import type { CoreV1Event, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { counted } from "../sentences.ts";
import { ASKED_ANNOTATION, ASSISTANT, SETTINGS_WRITER, SPEC_ANNOTATION } from "./names.ts";

/** Not waited for to the deadline: a node that an autoscaler adds is there by then. */
const UNSCHEDULABLE_AFTER_MS = 120_000;
/** The kubelet takes its time to report a pod's end after its grace. */
const LOST_AFTER_MS = 30_000;
/** The second restart comes half a minute after the start. */
const RESTARTS_OF_A_CRASH_LOOP = 2;
const PULL = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable)$/;
/** What a cluster adds of its own, such as a proxy, may end and start again. */
const OWN_CONTAINERS: readonly string[] = [SETTINGS_WRITER, ASSISTANT];
const CONFIG = /^(CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

export function askedOf({ metadata }: Pick<V1Pod, "metadata">): string | undefined {
  return metadata?.annotations?.[ASKED_ANNOTATION];
}

/** Hash of its spec alone. */
export function specOf({ metadata }: Pick<V1Pod, "metadata">): string | undefined {
  return metadata?.annotations?.[SPEC_ANNOTATION];
}

export function isReady({ status, metadata }: V1Pod): boolean {
  const isSo = (status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
  return isSo && metadata?.deletionTimestamp === undefined;
}

/** All restarts of Berth's own containers. */
export function restartsOf(pod: V1Pod): number {
  return ownStatuses(pod).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** How long the run lasted, in ms, after which one of Berth's own containers was last started again; undefined if none was. */
export function lastRunMs(pod: V1Pod): number | undefined {
  const runs = ownStatuses(pod).flatMap(({ restartCount, state, lastState }) => {
    const end = state?.terminated ?? lastState?.terminated;
    if (restartCount === 0 || !end) return [];
    const [from, to] = [end.startedAt?.getTime() ?? 0, end.finishedAt?.getTime() ?? 0];
    // One that could not begin has begun in 1970.
    return [from > 0 ? to - from : 0];
  });
  return runs.length > 0 ? Math.min(...runs) : undefined;
}

/** Whether it would be started again only after a pause. */
export function isBackingOff(pod: V1Pod): boolean {
  return ownStatuses(pod).some(({ state }) => state?.waiting?.reason === "CrashLoopBackOff");
}

/** Whether it was to have ended long ago: nothing reports that it has. @param now of the cluster, ms since 1970 */
export function isLost({ metadata }: V1Pod, now: number): boolean {
  const due = metadata?.deletionTimestamp?.getTime();
  return due !== undefined && now > due + LOST_AFTER_MS;
}

/**
 * Since when its node does not answer: the cluster calls a pod not ready whose containers, by the node's last word, are. Undefined if
 * the node does, as far as is known. @param now of the cluster, ms since 1970
 */
export function lostSince(pod: V1Pod, now: number): Date | undefined {
  const conditions = pod.status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === "Ready");
  const ofContainers = conditions.find(({ type }) => type === "ContainersReady");
  if (ready?.status === "False" && ofContainers?.status === "True") return ready.lastTransitionTime;
  return isLost(pod, now) ? pod.metadata?.deletionTimestamp : undefined;
}

export const LOST = "The node of its pod does not answer: the pod was to have ended, and has not.";

/** Why there is no use in waiting for a pod; undefined if there is. @param now of the cluster, ms since 1970 */
export function finalReason(pod: V1Pod, now: number): string | undefined {
  if (isLost(pod, now)) return LOST;
  const { status } = pod;
  if (status?.reason === "Evicted") return `Its pod was evicted: ${status.message ?? "without a reason"}`;
  const waiting = statuses(pod).find(({ state }) => PULL.test(state?.waiting?.reason ?? ""))?.state?.waiting;
  if (waiting) return `The cluster can't pull its image: ${waiting.message ?? waiting.reason}`;
  const refused = statuses(pod).find(({ state }) => CONFIG.test(state?.waiting?.reason ?? ""))?.state
    ?.waiting;
  if (refused) return `Its container can't be made: ${refused.reason}: ${refused.message ?? ""}`;
  if (restartsOf(pod) >= RESTARTS_OF_A_CRASH_LOOP)
    return `The assistant's container keeps ending (${howItEnded(pod)}, ${counted(restartsOf(pod), "restart")}).`;
  return unschedulable(pod, now);
}

function unschedulable({ status, metadata }: V1Pod, now: number): string | undefined {
  const found = status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  const since = found?.lastTransitionTime ?? metadata?.creationTimestamp;
  if (!found || !since || now - since.getTime() < UNSCHEDULABLE_AFTER_MS) return undefined;
  return `No node takes its pod: ${found.message ?? "without a reason"}`;
}

/** How the assistant's container, or the one before it, has ended last, for the end of a sentence. */
export function howItEnded(pod: V1Pod): string {
  const ends = ownStatuses(pod).flatMap(({ name, state, lastState }) => {
    const end = state?.terminated ?? lastState?.terminated;
    return end && end.exitCode !== 0 ? [{ name, ...end }] : [];
  });
  const [end] = ends;
  if (!end) return "no exit code";
  return `${end.reason === "OOMKilled" ? "OOMKilled, " : ""}exit code ${end.exitCode} of container ${end.name}`;
}

/** The last trouble that the cluster reports of a pod, such as a volume that can't be mounted; undefined if there was none. */
export function lastTrouble(events: readonly CoreV1Event[]): string | undefined {
  const warnings = events.filter(({ type, reason }) => type === "Warning" && reason !== "Unhealthy");
  const latest = warnings.toSorted((a, b) => timeOf(b) - timeOf(a)).at(0);
  return latest && `${latest.reason}: ${latest.message ?? ""}`;
}

/** Why the set makes no pod, by the events about it; undefined if they say nothing. */
export function refusedPod(events: readonly CoreV1Event[]): string | undefined {
  const latest = events
    .filter(({ reason }) => reason === "FailedCreate")
    .toSorted((a, b) => timeOf(b) - timeOf(a))
    .at(0);
  return latest && `The cluster's policy refuses its pod, or it has no room for it: ${latest.message ?? ""}`;
}

function timeOf({ lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  return (lastTimestamp ?? eventTime ?? metadata.creationTimestamp)?.getTime() ?? 0;
}

function statuses({ status }: V1Pod): readonly V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function ownStatuses(pod: V1Pod): readonly V1ContainerStatus[] {
  return statuses(pod).filter(({ name }) => OWN_CONTAINERS.includes(name));
}
