// The part of a stack's config that the target kubernetes alone has. Secrets go to a Secret from here, and nowhere else.
import { isIP } from "node:net";
import {
  type Assistant,
  HANDED_PATH,
  openclawSettings,
  pluginSettings,
  secretsInFile,
  secretsText,
} from "../assistant/openclaw.ts";
import type { DeploymentFacts, StackGoal } from "../target.ts";
import type { GatewayAddress } from "./args.ts";
import { assertSameNamespace, claimOf, volumeText } from "./claim.ts";
import { connect } from "./client.ts";
import { freshClaimName } from "./names.ts";
import type { KubernetesPlace } from "./place.ts";
import { HAND_OVER_PROGRAM } from "./pod.ts";
import { PROGRAM_KEY, putSecret, SETTINGS_KEY } from "./secret.ts";

export async function kubernetesConfig(
  place: KubernetesPlace,
  deployment: DeploymentFacts,
  { replicas, isRestoring }: StackGoal,
): Promise<Record<string, string>> {
  const { deploymentId, volume, operationId } = deployment;
  assertSameNamespace(place, deploymentId, volume);
  const config = {
    place: JSON.stringify(place),
    operation: operationId ?? "",
    volume: volumeText(place, claimOf(deploymentId, volume)),
    ...(isRestoring && { incoming: volumeText(place, freshClaimName(deploymentId)) }),
  };
  const revealed = replicas === 1 ? deployment.reveal() : undefined;
  if (!revealed) return { ...config, settings: "{}" };
  const gateway = gatewayAddress(revealed.assistant);
  const secrets = secretsText(revealed.secrets);
  // Another secret is another path, which makes an assistant that runs read it.
  const file = `${deployment.fingerprint(secrets).slice(0, 16)}.json`;
  const settings = JSON.stringify({
    ...openclawSettings(revealed.assistant, secretsInFile(`${HANDED_PATH}/${file}`)),
    ...pluginSettings(deploymentId),
  });
  const given = { [SETTINGS_KEY]: settings, [file]: secrets, [PROGRAM_KEY]: HAND_OVER_PROGRAM };
  await putSecret(connect(place), deploymentId, given);
  return {
    ...config,
    settings,
    ...(gateway && { gateway: JSON.stringify(gateway) }),
  };
}

/** A policy knows addresses alone: a gateway under a name has to have a public one. */
function gatewayAddress({ modelGateway }: Assistant): GatewayAddress | undefined {
  if (!modelGateway) return undefined;
  if (modelGateway.form === "names")
    throw new Error("A pod reaches the model gateway by its URL alone: set BERTH_GATEWAY_URL.");
  const { hostname, port, protocol } = new URL(modelGateway.url);
  const address = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(address);
  if (family === 0) return undefined;
  const ofProtocol = protocol === "https:" ? 443 : 80;
  return { cidr: `${address}/${family === 4 ? 32 : 128}`, port: port === "" ? ofProtocol : Number(port) };
}
