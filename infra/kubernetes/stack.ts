// An assistant on Kubernetes: claim, service account, network policy, StatefulSet of 0 or 1 pod, truth. Pulumi waits for none of
// them: the last step says whether the cluster runs what was asked for, and why not.
import * as command from "@pulumi/command";
import * as apps from "@pulumi/kubernetes/apps/v1/index.js";
import * as core from "@pulumi/kubernetes/core/v1/index.js";
import * as networking from "@pulumi/kubernetes/networking/v1/index.js";
import { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { type AssistantOutputs, readCommonArgs } from "../args.ts";
import type { GatewayAddress, KubernetesArgs } from "./args.ts";
import { claimOf, claimSpec, volumeText } from "./claim.ts";
import { policySpec } from "./egress.ts";
import {
  ASKED_ANNOTATION,
  accountName,
  claimName,
  FIELD_MANAGER,
  labels,
  podLabels,
  policyName,
  SPEC_ANNOTATION,
  setName,
} from "./names.ts";
import type { KubernetesPlace } from "./place.ts";
import { podTemplate } from "./pod.ts";

type Outputs = { [name in keyof AssistantOutputs]: pulumi.Input<AssistantOutputs[name]> };

/** What all resources of a deployment have in common. */
interface Common {
  readonly deploymentId: string;
  readonly options: { readonly provider: Provider };
  metadata(name: string): { name: string; namespace: string } & Record<"labels" | "annotations", Texts>;
}
type Texts = Record<string, string>;

export function assistantStack(deploymentId: string, config: pulumi.Config): Outputs {
  const incoming = config.get("incoming");
  return kubernetesAssistant(deploymentId, {
    ...readCommonArgs(config),
    place: config.requireObject<KubernetesPlace>("place"),
    claim: claimOf(deploymentId, config.require("volume")),
    incoming: incoming === undefined ? undefined : claimOf(deploymentId, incoming),
    gateway: config.getObject<GatewayAddress>("gateway"),
    dataGone: config.getBoolean("dataGone") ?? false,
    operation: config.require("operation"),
  });
}

/** Declares the stack of one deployment. Stopped is the same stack with no pod: its claim and its data stay. */
export function kubernetesAssistant(deploymentId: string, args: KubernetesArgs): Outputs {
  const common = commonOf(deploymentId, args.place);
  const { metadata, options } = common;
  // No empty claim takes the place of data that is gone.
  const claim = args.replicas === 0 && args.dataGone ? undefined : dataClaim(common, args, args.claim);
  if (args.incoming !== undefined) dataClaim(common, args, args.incoming);
  const account = new core.ServiceAccount(
    "account",
    { metadata: metadata(accountName(deploymentId)), automountServiceAccountToken: false },
    options,
  );
  const policy = new networking.NetworkPolicy(
    "network",
    { metadata: metadata(policyName(deploymentId)), spec: policySpec(deploymentId, args.gateway) },
    options,
  );
  const template = podTemplate(deploymentId, args);
  const before = [account, policy, ...(claim ? [claim] : [])];
  const applied = args.replicas === 1 ? [appliedSettings(deploymentId, template, args)] : [];
  const set = assistantSet(common, template, args, [...before, ...applied]);
  const readiness = compareWithAsked(deploymentId, set, args);
  return {
    status: readiness.id.apply(
      () => (args.replicas === 1 ? "active" : "stopped") as AssistantOutputs["status"],
    ),
    replicas: args.replicas,
    containerId: args.replicas === 1 ? set.metadata.uid : null,
    endpoint: null,
    image: args.image,
    network: policy.metadata.name,
    volume: volumeText(args.place, args.claim),
  };
}

function commonOf(deploymentId: string, { context, namespace, namespaceUid }: KubernetesPlace): Common {
  const provider = new Provider("cluster", {
    ...(context !== null && { context }),
    namespace,
    // With another cluster's credentials Pulumi would take everything for removed: it is refused before.
    clusterIdentifier: namespaceUid,
    enableServerSideApply: true,
  });
  return {
    deploymentId,
    options: { provider },
    metadata: (name) => ({
      name,
      namespace,
      labels: labels(deploymentId),
      annotations: {
        // A field that another manager owns is a failure, and not taken from it.
        "pulumi.com/patchFieldManager": FIELD_MANAGER,
        "pulumi.com/patchForce": "false",
        "pulumi.com/skipAwait": "true",
      },
    }),
  };
}

function dataClaim({ deploymentId, options, metadata }: Common, args: KubernetesArgs, name: string) {
  const first = claimName(deploymentId);
  return new core.PersistentVolumeClaim(
    name === first ? "data" : `data-${name.slice(first.length + 1)}`,
    { metadata: metadata(name), spec: claimSpec(args.place) },
    // Its size and class are those that it was made with: a change of the settings is for claims to come.
    { ...options, ignoreChanges: ["spec"] },
  );
}

/** Never two pods at once: a set makes the next one when the last is known to be gone, also on a node that is cut off. */
function assistantSet(
  { deploymentId, options, metadata }: Common,
  template: ReturnType<typeof podTemplate>,
  args: KubernetesArgs,
  dependsOn: readonly pulumi.Resource[],
): apps.StatefulSet {
  const name = setName(deploymentId);
  const { annotations, ...others } = metadata(name);
  return new apps.StatefulSet(
    "assistant",
    {
      metadata: {
        ...others,
        annotations: { ...annotations, [ASKED_ANNOTATION]: template.metadata.annotations[ASKED_ANNOTATION] },
      },
      spec: {
        replicas: args.replicas,
        // No service has that name: nobody calls an assistant by its name.
        serviceName: name,
        selector: { matchLabels: podLabels(deploymentId) },
        template,
        // Berth ends a pod that is another one than was asked for, and nobody else does.
        updateStrategy: { type: "OnDelete" },
        podManagementPolicy: "OrderedReady",
        revisionHistoryLimit: 2,
      },
    },
    { ...options, dependsOn: [...dependsOn], deleteBeforeReplace: true },
  );
}

/** A pod that runs, and differs in its settings alone, takes them without an end: it is then the one that is asked for. */
function appliedSettings(
  deploymentId: string,
  { metadata: { annotations } }: ReturnType<typeof podTemplate>,
  { place, settings }: KubernetesArgs,
): command.local.Command {
  return new command.local.Command("settings", {
    create: 'exec node "$BERTH_HOME/infra/kubernetes/commands/apply-settings.ts"',
    stdin: pulumi.jsonStringify({
      place,
      deploymentId,
      asked: annotations[ASKED_ANNOTATION],
      spec: annotations[SPEC_ANNOTATION],
      settings,
    }),
    triggers: [annotations[ASKED_ANNOTATION]],
  });
}

/** The cluster runs the pod that was asked for, by its hash, and that says itself that it has started; or it runs none. */
function compareWithAsked(
  deploymentId: string,
  set: apps.StatefulSet,
  args: KubernetesArgs,
): command.local.Command {
  return new command.local.Command("readiness", {
    create: 'exec node "$BERTH_HOME/infra/kubernetes/commands/settled.ts"',
    stdin: pulumi.jsonStringify({
      place: args.place,
      deploymentId,
      claim: args.claim,
      asked: set.metadata.annotations[ASKED_ANNOTATION],
      replicas: args.replicas,
      timeoutSeconds: args.startupTimeoutSeconds,
    }),
    triggers: [set.metadata.uid, set.metadata.annotations[ASKED_ANNOTATION], args.replicas, args.operation],
  });
}
