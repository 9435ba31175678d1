// An assistant on a Docker engine: network, state volume, settings, container × replicas, readiness probe.
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type AssistantOutputs, readCommonArgs, resourceName } from "../args.ts";
import { pluginVersion } from "../assistant/plugin-files.ts";
import type { DockerArgs, GatewayByName } from "./args.ts";
import { BRIDGE_NAME, bridgeAddress, bridgeName } from "./bridge.ts";
import { containerArgs, NOT_APPLIED_IN_PLACE } from "./container.ts";
import { DEPLOYMENT_LABEL, handedVolumeName } from "./names.ts";
import { askedSettings } from "./settings-asked.ts";

type Outputs = { [name in keyof AssistantOutputs]: pulumi.Input<AssistantOutputs[name]> };

export function assistantStack(deploymentId: string, config: pulumi.Config): Outputs {
  const secretsFingerprint = config.require("secretsFingerprint");
  return dockerAssistant(deploymentId, {
    ...readCommonArgs(config),
    hostPort: config.requireNumber("hostPort", { min: 1, max: 65535 }),
    subnet: config.require("subnet"),
    // The config of a version before has none.
    volume: config.get("volume") ?? resourceName(deploymentId),
    incoming: config.get("incoming"),
    secretsFile: config.require("secretsFile"),
    secretsFingerprint,
    startedWith: config.get("startedWith") ?? secretsFingerprint,
    runtime: config.get("runtime"),
    uid: config.getNumber("uid"),
    isFiltered: config.get("seccomp") === "own",
    codeCache: config.get("codeCache"),
    modelGateway: config.getObject<GatewayByName>("modelGateway"),
    isRehearsal: config.getBoolean("rehearsal") ?? false,
    isWaiting: config.getBoolean("waiting") ?? false,
    dataGone: config.getBoolean("dataGone") ?? false,
  });
}

/** Declares the stack of one deployment. With 0 replicas only its network and its data are kept. */
export function dockerAssistant(deploymentId: string, args: DockerArgs): Outputs {
  const name = resourceName(deploymentId);
  const labels = [{ label: DEPLOYMENT_LABEL, value: deploymentId }];
  const network = new docker.Network(
    "network",
    {
      name,
      driver: "bridge",
      ipamConfigs: [{ subnet: args.subnet }],
      options: {
        "com.docker.network.bridge.enable_icc": "false",
        [BRIDGE_NAME]: bridgeName(args.subnet),
      },
      labels,
    },
    // Another one with this name and subnet can only come after it.
    { deleteBeforeReplace: true },
  );
  const dataVolume = (called: string) =>
    new docker.Volume(called === name ? "state" : `state-${called.slice(name.length + 1)}`, {
      name: called,
      labels,
    });
  // No empty volume takes the place of data that is gone.
  const volume = args.replicas === 0 && args.dataGone ? undefined : dataVolume(args.volume);
  if (args.incoming !== undefined) dataVolume(args.incoming);
  const kept = { image: args.image, network: network.name, volume: volume?.name ?? args.volume };
  if (!volume || args.replicas === 0)
    return { status: "stopped", replicas: 0, containerId: null, endpoint: null, ...kept };

  const handed = new docker.Volume("handed", { name: handedVolumeName(deploymentId), labels });
  const settings = writeSettings(deploymentId, { volume, handed }, args);
  const container = new docker.Container(
    "assistant",
    containerArgs(name, args, {
      networkName: network.name,
      volumeName: volume.name,
      handedVolumeName: handed.name,
      pluginVersion: pluginVersion(),
      labels,
    }),
    {
      dependsOn: [settings],
      deleteBeforeReplace: true,
      replaceOnChanges: ["#initerror", ...NOT_APPLIED_IN_PLACE],
    },
  );
  const readiness = probeReadiness(container, args);
  return {
    status: readiness.id.apply(() => (args.isWaiting ? "waiting" : "active")),
    replicas: 1,
    containerId: container.id,
    endpoint: `http://127.0.0.1:${args.hostPort}`,
    ...kept,
  };
}

/**
 * Puts secrets, plugin and `openclaw.json` where the assistant reads them; one that runs has taken them when this ends.
 * `openclaw.json` must be an ordinary file of the volume: the assistant replaces it when it saves.
 */
function writeSettings(
  deploymentId: string,
  { volume, handed }: { readonly volume: docker.Volume; readonly handed: docker.Volume },
  args: DockerArgs,
): command.local.Command {
  const { image, settings, settingsRefused, uid, codeCache, modelGateway } = args;
  return new command.local.Command("settings", {
    create: 'exec node "$BERTH_HOME/infra/docker/commands/write-settings.ts"',
    stdin: pulumi.jsonStringify(
      askedSettings(deploymentId, { volume: volume.name, handed: handed.name }, args),
    ),
    triggers: [
      volume.id,
      handed.id,
      JSON.stringify(settings),
      pluginVersion(),
      ...(settingsRefused ? [settingsRefused] : []),
      ...(uid === undefined ? [] : [`${uid} ${image} ${codeCache ?? ""}`]),
      ...(modelGateway ? [modelGateway.ca] : []),
    ],
  });
}

/**
 * A new container is a new probe, and so is one that waited: nothing is called active before it has said so itself. Of one that
 * waits only the processes are limited.
 */
function probeReadiness(container: docker.Container, args: DockerArgs): command.local.Command {
  const port = args.isWaiting ? undefined : args.modelGateway?.port;
  return new command.local.Command("readiness", {
    create: 'exec node "$BERTH_HOME/infra/docker/commands/probe.ts"',
    stdin: pulumi.jsonStringify({
      container: container.name,
      url: `http://127.0.0.1:${args.hostPort}/startupz`,
      timeoutSeconds: args.startupTimeoutSeconds,
      hasOwnRuntime: args.runtime !== undefined,
      ...(args.isWaiting && { isWaiting: true }),
      ...(port !== undefined && { gateway: { address: bridgeAddress(args.subnet), port } }),
    }),
    triggers: [container.id, ...(args.isWaiting ? ["waiting"] : [])],
  });
}
