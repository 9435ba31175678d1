// The part of a stack's config that the target docker alone has. Secrets go to a file from here, and the stack gets its path.
import { IMAGE_UID } from "../assistant/image-contract.ts";
import { providerHost, providerHosts } from "../assistant/model-gateway.ts";
import {
  type Assistant,
  HANDED_PATH,
  openclawSettings,
  pluginSettings,
  secretsInFile,
  secretsText,
  waitingSecretsText,
  waitingSettings,
} from "../assistant/openclaw.ts";
import { FIRST_CALL_TIMEOUT_MS, readSettingsState } from "../assistant/plugin-calls.ts";
import { pluginVersion } from "../assistant/plugin-files.ts";
import type { DeploymentFacts, StackGoal } from "../target.ts";
import type { GatewayByName } from "./args.ts";
import { findCodeCache } from "./code-cache/find.ts";
import { findConfinement } from "./confinement.ts";
import { dataVolumeName, freshVolumeName, gatewayText, limitsText } from "./names.ts";
import { removeFormerSecretsFile, secretsFile, writeSecretsFile } from "./secrets-file.ts";
import { readStarted, type Started } from "./started-with.ts";

/** Looks before an assistant is taken for one that hangs. */
interface Patience {
  readonly looks: number;
  readonly timeoutMs?: number;
}

const LOOKS: Patience = { looks: 5 };
/** One that waited may never have been asked. */
const ONE_LONG_LOOK: Patience = { looks: 1, timeoutMs: FIRST_CALL_TIMEOUT_MS };

export async function dockerConfig(
  deployment: DeploymentFacts,
  goal: StackGoal,
): Promise<Record<string, string>> {
  const { deploymentId, address, volume } = deployment;
  if (address === null) throw new Error("The deployment has no address.");
  const config = {
    hostPort: String(address.hostPort),
    subnet: address.subnet,
    secretsFile: secretsFile(deployment),
    volume: dataVolumeName(deploymentId, volume),
    ...(goal.isRestoring && { incoming: freshVolumeName(deploymentId) }),
  };
  if (goal.replicas === 0) return { ...config, settings: "{}", secretsFingerprint: "", startedWith: "" };
  const { text, settingsNaming, gateway } = goal.isWaiting ? waiting(deployment) : activated(deployment);
  await writeSecretsFile(deployment, text);
  const secretsFingerprint = deployment.fingerprint(text + JSON.stringify(settingsNaming("")));
  const owned = settingsNaming(`${HANDED_PATH}/${secretsFingerprint}.json`);
  const around = await surroundings({ deployment, goal, gateway }, address.hostPort);
  return {
    ...config,
    settings: JSON.stringify(owned),
    secretsFingerprint,
    startedWith: around.kept ?? secretsFingerprint,
    ...(goal.isWaiting && { waiting: "true" }),
    ...around.config,
  };
}

/** What an assistant is given. */
interface Given {
  /** Of the file with its secrets. */
  readonly text: string;
  /** @param path of that file, where it reads it */
  readonly settingsNaming: (path: string) => Readonly<Record<string, unknown>>;
  readonly gateway: GatewayByName | undefined;
}

function activated(deployment: DeploymentFacts): Given {
  const revealed = deployment.reveal();
  if (!revealed) throw new Error("The deployment was never activated.");
  return {
    text: secretsText(revealed.secrets),
    settingsNaming: (path) => ({
      ...openclawSettings(revealed.assistant, secretsInFile(path)),
      ...pluginSettings(deployment.deploymentId),
    }),
    gateway: gatewayByName(revealed.assistant, deployment),
  };
}

/** Which provider it will have, nobody knows yet: each one's name leads it to the gateway, which it has no token for. */
function waiting(deployment: DeploymentFacts): Given {
  const token = deployment.gatewayToken();
  if (token === undefined) throw new Error("The deployment has no token for its assistant.");
  const { gatewayCa: ca, gatewayPort, deploymentId } = deployment;
  return {
    text: waitingSecretsText(token),
    settingsNaming: (path) => ({ ...waitingSettings(secretsInFile(path)), ...pluginSettings(deploymentId) }),
    gateway: ca === undefined ? undefined : forEveryProvider(ca, gatewayPort),
  };
}

interface Around {
  /** What its container was started with, if that stays. */
  readonly kept: string | undefined;
  readonly config: Readonly<Record<string, string>>;
}

interface Surrounding {
  readonly deployment: DeploymentFacts;
  readonly goal: StackGoal;
  /** Of a new container. */
  readonly gateway: GatewayByName | undefined;
}

/** What a container is made with beside its settings: as the one that stays has it, or as a new one gets it. */
async function surroundings({ deployment, goal, gateway }: Surrounding, hostPort: number): Promise<Around> {
  const { isHealing, image } = goal;
  const { runtime } = deployment;
  const [started, own] = await Promise.all([readStarted(deployment.deploymentId), findConfinement(hostPort)]);
  if (started?.version !== undefined) await removeFormerSecretsFile(deployment);
  // What is led elsewhere would ask the provider itself until it is replaced.
  const ways = gateway ? [gateway, forEveryProvider(gateway.ca, gateway.port)] : [undefined];
  const led = ways.findIndex((way) => started?.modelGateway === (way && gatewayText(way)));
  // What is confined otherwise was made by a version before, or in another place: a redeploy replaces it.
  const mustBeSo = isHealing || goal.container === "takes over";
  const isConfined = !mustBeSo || (started?.uid === own.uid && started.isFiltered === own.isFiltered);
  const mayStay = led >= 0 && isConfined && staysBy(goal, started);
  const patience = goal.container === "takes over" ? ONE_LONG_LOOK : isHealing ? LOOKS : undefined;
  const kept = mayStay ? await keptVersion(deployment, started?.version, patience) : undefined;
  const { uid, isFiltered } = kept === undefined ? own : { ...own, ...started };
  const codeCache = await findCodeCache(image, kept === undefined ? undefined : started);
  const way = kept === undefined ? gateway : ways[led];
  const config = {
    ...(runtime && { runtime }),
    ...(uid !== undefined && uid !== IMAGE_UID && { uid: String(uid) }),
    ...(isFiltered && { seccomp: "own" }),
    ...(codeCache && { codeCache }),
    ...(way && { modelGateway: JSON.stringify(way) }),
  };
  return { kept, config };
}

/** Whether the goal lets the container stay. One that waited stays only if nothing else than its settings changes. */
function staysBy({ container, image, limits, isWaiting }: StackGoal, started: Started | undefined): boolean {
  if (container === "new" || isWaiting) return false;
  if (container === undefined || !started) return true;
  const isLimitedSo = !limits || started.limits === limitsText(limits.memoryMib, limits.cpus);
  return started.image === image && isLimitedSo && started.plugin === pluginVersion();
}

function forEveryProvider(ca: string, port: number | undefined): GatewayByName {
  const [host = "", ...others] = providerHosts();
  return { host, others, ca, port };
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
 * calls and answers none stays too, unless it must answer.
 */
async function keptVersion(
  deployment: DeploymentFacts,
  startedWith: string | undefined,
  patience: Patience | undefined,
): Promise<string | undefined> {
  const address = await deployment.findPlugin();
  if (!address || !startedWith) return undefined;
  const { looks, timeoutMs } = patience ?? { looks: 1 };
  let state = await readSettingsState(address, timeoutMs);
  for (let look = 1; state === "no answer" && look < looks; look++)
    state = await readSettingsState(address, timeoutMs);
  return state === "nobody" || (patience && state === "no answer") ? undefined : startedWith;
}
