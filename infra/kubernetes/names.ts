// Names and labels by which a deployment's objects are known in the cluster. Each of its objects has a name of its own, also
// across kinds: Pulumi's ids of them are `<namespace>/<name>` without the kind.
import { createHash, randomBytes } from "node:crypto";
import { resourceName } from "../args.ts";

/** The label that every object of a deployment carries. */
export const DEPLOYMENT_LABEL = "berth.dev/deployment";
/** The label of a pod that gets at an assistant's data: it is no assistant. */
export const HELPER_LABEL = "berth.dev/helper";
/** The annotations of a pod: hash of what it was asked to be, settings and all, and of its spec alone. */
export const ASKED_ANNOTATION = "berth.dev/asked";
export const SPEC_ANNOTATION = "berth.dev/spec";
/** Berth's field manager: of what Pulumi applies, and of what Berth applies itself. */
export const FIELD_MANAGER = "berth";
/** Owns the number of replicas while Berth stands an assistant still. */
export const HALT_MANAGER = "berth-halt";
/** Container of the pod that is the assistant, and the one that writes its settings before. */
export const ASSISTANT = "assistant";
export const SETTINGS_WRITER = "settings";

/** What the assistant's pod carries, and its policy selects. */
export function podLabels(deploymentId: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": "openclaw",
    "app.kubernetes.io/instance": resourceName(deploymentId),
    "app.kubernetes.io/component": ASSISTANT,
    [DEPLOYMENT_LABEL]: deploymentId,
  };
}

/** What every object of a deployment carries. */
export function labels(deploymentId: string): Record<string, string> {
  return { ...podLabels(deploymentId), "app.kubernetes.io/managed-by": "berth" };
}

export function labelSelector(deploymentId: string): string {
  return `${DEPLOYMENT_LABEL}=${deploymentId}`;
}

/** Of its StatefulSet. */
export { resourceName as setName };

export function podName(deploymentId: string): string {
  return `${resourceName(deploymentId)}-0`;
}

export function policyName(deploymentId: string): string {
  return `${resourceName(deploymentId)}-network`;
}

export function accountName(deploymentId: string): string {
  return `${resourceName(deploymentId)}-account`;
}

/** Of the claim that its data is in until the first restore. */
export function claimName(deploymentId: string): string {
  return `${resourceName(deploymentId)}-data`;
}

/** Of another claim for its data, which none has had: what is restored goes into a fresh one. */
export function freshClaimName(deploymentId: string): string {
  return `${claimName(deploymentId)}-${randomBytes(4).toString("hex")}`;
}

export function isDataClaim(deploymentId: string, name: string): boolean {
  const first = claimName(deploymentId);
  return name === first || (name.startsWith(`${first}-`) && /^-[0-9a-f]{8}$/.test(name.slice(first.length)));
}

export function helperName(deploymentId: string): string {
  return `${resourceName(deploymentId)}-helper`;
}

/** Of the Secret with what its pod is given. */
export function secretName(deploymentId: string): string {
  return `${resourceName(deploymentId)}-given`;
}

/** A version before named them by their content. */
export function isSecretName(deploymentId: string, name: string): boolean {
  const own = resourceName(deploymentId);
  return name.startsWith(`${own}-`) && /^-(given|[0-9a-f]{16})$/.test(name.slice(own.length));
}

/** Short hash of a value that JSON can hold. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
}
