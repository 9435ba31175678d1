// The part of a stack's config that the target docker alone has. Secrets go to a file from here, and the stack gets its path.
import { IMAGE_UID } from "../assistant/image-contract.ts";
import { providerHost } from "../assistant/model-gateway.ts";
import {
  type Assistant,
  HANDED_PATH,
  openclawSettings,
  pluginSettings,
  secretsInFile,
  secretsText,
} from "../assistant/openclaw.ts";
import { readSettingsState } from "../assistant/plugin-calls.ts";
import type { DeploymentFacts, StackGoal } from "../target.ts";
import type { GatewayByName } from "./args.ts";
import { findCodeCache } from "./code-cache/find.ts";
import { findConfinement } from "./confinement.ts";
import { dataVolumeName, freshVolumeName, gatewayText } from "./names.ts";
import { removeFormerSecretsFile, secretsFile, writeSecretsFile } from "./secrets-file.ts";
import { readStarted } from "./started-with.ts";

/** More looks, of two seconds each, before an assistant is taken for one that hangs. */
const SILENT_LOOKS = 4;

export async function dockerConfig(
  deployment: DeploymentFacts,
  { replicas, image, isHealing, isRestoring }: StackGoal,
): Promise<Record<string, string>> {
  const { deploymentId, address, runtime, volume } = deployment;
  if (address === null) throw new Error("The deployment has no address.");
  const config = {
    hostPort: String(address.hostPort),
    subnet: address.subnet,
    secretsFile: secretsFile(deployment),
    volume: dataVolumeName(deploymentId, volume),
    ...(isRestoring && { incoming: freshVolumeName(deploymentId) }),
  };
  if (replicas === 0) return { ...config, settings: "{}", secretsFingerprint: "", startedWith: "" };
  const told = deployment.tell();
  if (!told) throw new Error("The deployment was never activated.");
  const text = secretsText(told.secrets);
  await writeSecretsFile(deployment, text);
  const settingsNaming = (path: string) => ({
    ...openclawSettings(told.assistant, secretsInFile(path)),
    ...pluginSettings(deploymentId),
  });
  const secretsFingerprint = deployment.fingerprint(text + JSON.stringify(settingsNaming("")));
  const owned = settingsNaming(`${HANDED_PATH}/${secretsFingerprint}.json`);
  const started = await readStarted(deploymentId);
  if (started?.version !== undefined) await removeFormerSecretsFile(deployment);
  const own = await findConfinement(address.hostPort);
  const gateway = gatewayByName(told.assistant, deployment);
  // What is led elsewhere would ask the provider itself until it is replaced.
  const isLed = started?.modelGateway === (gateway && gatewayText(gateway));
  // What is confined otherwise was made by a version before, or in another place: a redeploy makes it anew.
  const isConfined = !isHealing || (started?.uid === own.uid && started.isFiltered === own.isFiltered);
  const kept = isLed && isConfined ? await keptVersion(deployment, started?.version, isHealing) : undefined;
  const { uid, isFiltered } = kept === undefined ? own : { ...own, ...started };
  const codeCache = await findCodeCache(image, kept === undefined ? undefined : started);
  return {
    ...config,
    settings: JSON.stringify(owned),
    secretsFingerprint,
    startedWith: kept ?? secretsFingerprint,
    ...(runtime && { runtime }),
    ...(uid !== undefined && uid !== IMAGE_UID && { uid: String(uid) }),
    ...(isFiltered && { seccomp: "own" }),
    ...(codeCache && { codeCache }),
    ...(gateway && { modelGateway: JSON.stringify(gateway) }),
  };
}

/** @throws Error where the gateway's CA isn't known */
function gatewayByName(
  { modelProvider, modelGateway }: Assistant,
  { gatewayCa: ca, gatewayPort: port }: DeploymentFacts,
): GatewayByName | undefined {
  if (modelGateway?.form !== "names") return undefined;
  if (!ca) throw new Error("The model gateway has no CA that an assistant could trust.");
  return { host: providerHost(modelProvider), ca, port };
}

/**
 * What the container was started with, if it runs and reads its settings again by itself: then it stays. One that accepts
 * calls and answers none stays too, unless it is to be healed.
 */
async function keptVersion(
  deployment: DeploymentFacts,
  startedWith: string | undefined,
  isHealing: boolean,
): Promise<string | undefined> {
  const address = deployment.findPlugin();
  if (!address || !startedWith) return undefined;
  let state = await readSettingsState(address);
  for (let again = 0; isHealing && state === "no answer" && again < SILENT_LOOKS; again++)
    state = await readSettingsState(address);
  return state === "nobody" || (isHealing && state === "no answer") ? undefined : startedWith;
}
