// From a deployment's record to its stack: the config that the program reads, and its secrets where the assistant gets them.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type Assistant,
  type AssistantSecrets,
  type KnownModel,
  type ModelFacts,
  secretsText,
} from "../../infra/assistant/openclaw.ts";
import type { DeploymentFacts, Place, SecretsPlace, StackGoal } from "../../infra/target.ts";
import { openTarget } from "../../infra/targets.ts";
import { backupFolder } from "../backups/files.ts";
import { addressAt } from "../deployments/addresses.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { assertModelKey, modelKey, modelProvider } from "../deployments/model-key.ts";
import { addressOf } from "../deployments/plugin-address.ts";
import { placeOf, targetOf } from "../deployments/regions.ts";
import { openColumn } from "../deployments/secret-columns.ts";
import type { Secret, SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import { gatewayReach, usesGateway } from "../usage/gateway-use.ts";
import type { DataWork } from "./messages.ts";

/** Folder of the stack's config file. */
export function stackWorkDir({ dataDir }: Pick<StackSettings, "dataDir">, deploymentId: string): string {
  return join(dataDir, "stacks", deploymentId);
}

/** The stack's config for a goal; the assistant's secrets are put in their place first. */
export async function prepareConfig(
  settings: StackSettings,
  box: SecretBox,
  deployment: Deployment,
  goal: Goal,
): Promise<Record<string, string>> {
  const { replicas, image, isHealing = false, isWaiting, container, data } = goal;
  const { memoryMib, cpus } = settings;
  const place = placeOf(settings, deployment);
  if (replicas === 1 && !isWaiting) assertModelKey(settings, deployment);
  const target = await openTarget(place);
  const facts = factsOf(settings, box, deployment, goal);
  const isRestoring = data !== undefined && "restore" in data;
  const ofTarget = await target.stackConfig(facts, {
    ...{ replicas, image, isHealing, isRestoring, isWaiting, container },
    limits: { memoryMib, cpus },
  });
  return { ...commonConfig(settings, place, { replicas, image }), ...ofTarget };
}

/** What every target's stacks are made from. */
export function commonConfig(
  { memoryMib, cpus, startupTimeoutSeconds }: StackSettings,
  { target }: Place,
  { replicas, image }: Pick<Goal, "replicas" | "image">,
): Record<string, string> {
  return {
    target,
    replicas: String(replicas),
    image,
    memoryMib: String(memoryMib),
    cpus: String(cpus),
    startupTimeoutSeconds: String(startupTimeoutSeconds),
  };
}

function factsOf(
  settings: StackSettings,
  box: SecretBox,
  deployment: Deployment,
  models: KnownModels,
): DeploymentFacts {
  const { address, outputs, data_volume, operation_id: operationId } = deployment;
  return {
    ...secretsPlace(settings, deployment),
    address: address === null ? null : addressAt(settings, address),
    volume: data_volume ?? (typeof outputs?.volume === "string" ? outputs.volume : undefined),
    operationId,
    runtime: settings.runtime,
    reveal() {
      if (deployment.model_provider === null) return undefined;
      const secrets = assistantSecrets(settings, box, deployment);
      return { assistant: assistantOf(settings, deployment, models), secrets };
    },
    gatewayToken: () => gatewayToken(box, deployment),
    gatewayPort: settings.gatewayPort,
    gatewayCa: gatewayCa(settings, deployment),
    findPlugin: () => addressOf(settings, box, deployment),
    fingerprint: (text) => box.fingerprint(text),
  };
}

/** Undefined where its assistant is not led to the gateway by names. */
function gatewayCa(settings: StackSettings, deployment: Deployment): string | undefined {
  const reach = gatewayReach(settings, deployment);
  return reach?.form === "names" ? reach.caPem : undefined;
}

function gatewayToken(box: SecretBox, deployment: Deployment): string | undefined {
  return openColumn(box, deployment, "gateway_token")?.reveal();
}

function botToken(box: SecretBox, deployment: Deployment): string {
  return openColumn(box, deployment, "telegram_bot_token")?.reveal() ?? "";
}

/** The secrets that are in their place now: see Target. */
export async function keepSecrets(settings: StackSettings, deployment: Deployment) {
  return (await targetOf(settings, deployment)).keepSecrets(secretsPlace(settings, deployment));
}

/** Removes what of the secrets is needed while the assistant runs alone. */
export async function dropSecrets(settings: StackSettings, deployment: Deployment): Promise<void> {
  await (await targetOf(settings, deployment)).dropSecrets(secretsPlace(settings, deployment));
}

export function secretsPlace({ dataDir }: StackSettings, { id: deploymentId }: Deployment): SecretsPlace {
  return { dataDir, deploymentId };
}

/** Removes what a deleted deployment leaves in the data folder. */
export async function removeFiles(settings: StackSettings, deployment: Deployment): Promise<void> {
  await dropSecrets(settings, deployment);
  await rm(stackWorkDir(settings, deployment.id), { recursive: true, force: true });
  await rm(backupFolder(settings, deployment.id), { recursive: true, force: true });
}

/** Keyed hash of the secrets that the record has now. */
export function wantedSecrets(settings: StackSettings, box: SecretBox, deployment: Deployment): string {
  return box.fingerprint(secretsText(assistantSecrets(settings, box, deployment)));
}

function assistantSecrets(settings: StackSettings, box: SecretBox, deployment: Deployment): AssistantSecrets {
  return {
    modelProvider: modelProvider(deployment),
    modelApiKey: keyOrToken(settings, box, deployment)?.reveal(),
    telegramBotToken: botToken(box, deployment),
    gatewayToken: gatewayToken(box, deployment) ?? "",
  };
}

/** What the assistant shows to its model's provider, or to the gateway in its place. */
function keyOrToken(settings: StackSettings, box: SecretBox, deployment: Deployment): Secret | undefined {
  return usesGateway(settings, deployment)
    ? openColumn(box, deployment, "model_token")
    : modelKey(settings, box, deployment);
}

function assistantOf(
  settings: StackSettings,
  deployment: Deployment,
  { modelFacts, fallbackModels }: KnownModels,
): Assistant {
  const { model_id: modelId, allow_from: allowFrom, base_url: baseUrl } = deployment;
  const modelGateway = gatewayReach(settings, deployment);
  return {
    modelProvider: modelProvider(deployment),
    modelId: modelId ?? "",
    ...(baseUrl !== null && { baseUrl }),
    modelFacts,
    fallbackModels,
    allowFrom,
    ...(modelGateway && { modelGateway }),
  };
}

/** What is known of the models of its assistant. */
interface KnownModels {
  /** Absent where the model's provider never said any. */
  readonly modelFacts?: ModelFacts | undefined;
  /** Absent for a deployment that never had any. */
  readonly fallbackModels?: readonly KnownModel[] | undefined;
}

/** What a stack is to be, and what is done with the assistant's data once it has no containers. */
export interface Goal extends KnownModels {
  readonly replicas: 0 | 1;
  readonly image: string;
  /** Whether an assistant that runs and answers no call is replaced. */
  readonly isHealing?: boolean | undefined;
  /** Whether it is to wait, with neither bot nor key, for its activation. */
  readonly isWaiting?: boolean | undefined;
  /** Whether one that waits may stay, or none: see StackGoal. */
  readonly container?: StackGoal["container"];
  readonly data?: DataWork;
}
