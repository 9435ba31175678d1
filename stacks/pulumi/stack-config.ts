// From a deployment's record to its stack: the config that the program reads, and its secrets where the assistant gets them.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Assistant,
  type AssistantSecrets,
  HANDED_PATH,
  type ModelFacts,
  openclawSettings,
  pluginSettings,
  SECRETS_IN_ENVIRONMENT,
  secretsEnvironment,
  secretsInFile,
  secretsText,
} from "../../infra/assistant/openclaw.ts";
import { readSettingsState } from "../../infra/assistant/plugin-calls.ts";
import { findCodeCache } from "../../infra/docker/code-cache/find.ts";
import { readStartedWith } from "../../infra/docker/started-with.ts";
import { backupFolder } from "../backups/files.ts";
import { addressAt } from "../deployments/addresses.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { assertModelKey, modelKey, modelProvider } from "../deployments/model-key.ts";
import { addressOf } from "../deployments/plugin-address.ts";
import { foundationOf } from "../deployments/regions.ts";
import { openColumn } from "../deployments/secret-columns.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import { ecsConfig, type Told } from "./ecs-stack.ts";
import type { DataWork } from "./messages.ts";

/** Folder of the stack's config file. */
export function stackWorkDir({ dataDir }: StackSettings, deploymentId: string): string {
  return join(dataDir, "stacks", deploymentId);
}

/** The stack's config for a goal; the assistant's secrets are put in their place first. */
export async function prepareConfig(
  settings: StackSettings,
  box: SecretBox,
  deployment: Deployment,
  goal: Goal,
): Promise<Record<string, string>> {
  const { replicas, image, modelFacts } = goal;
  const foundation = foundationOf(settings, deployment);
  if (replicas === 1) assertModelKey(settings, deployment);
  return {
    target: settings.target,
    replicas: String(replicas),
    image,
    memoryMib: String(settings.memoryMib),
    cpus: String(settings.cpus),
    startupTimeoutSeconds: String(settings.startupTimeoutSeconds),
    ...(foundation
      ? await ecsConfig(foundation, deployment, tell(settings, box, deployment, modelFacts))
      : await dockerConfig(settings, box, deployment, goal)),
  };
}

async function dockerConfig(
  settings: StackSettings,
  box: SecretBox,
  deployment: Deployment,
  { replicas, image, modelFacts, isHealing = false }: Goal,
): Promise<Record<string, string>> {
  if (deployment.address === null) throw new Error("The deployment has no address.");
  const { hostPort, subnet } = addressAt(settings, deployment.address);
  const config = { hostPort: String(hostPort), subnet, secretsFile: secretsFile(settings, deployment.id) };
  if (replicas === 0) return { ...config, settings: "{}", secretsFingerprint: "", startedWith: "" };
  const text = secretsText(assistantSecrets(settings, box, deployment));
  await writeSecretsFile(settings, deployment.id, text);
  const settingsNaming = (path: string) => ({
    ...openclawSettings(assistantOf(deployment, modelFacts), secretsInFile(path)),
    ...pluginSettings(deployment.id),
  });
  const secretsFingerprint = box.fingerprint(text + JSON.stringify(settingsNaming("")));
  const owned = settingsNaming(`${HANDED_PATH}/${secretsFingerprint}.json`);
  const codeCache = await findCodeCache(image);
  return {
    ...config,
    settings: JSON.stringify(owned),
    secretsFingerprint,
    startedWith: (await keptVersion(box, deployment, isHealing)) ?? secretsFingerprint,
    ...(settings.runtime && { runtime: settings.runtime }),
    ...(codeCache && { codeCache }),
  };
}

/**
 * What the container was started with, if it runs and reads its settings again by itself: then it stays. One that accepts
 * calls and answers none stays too, unless it is to be healed.
 */
async function keptVersion(
  box: SecretBox,
  deployment: Deployment,
  isHealing: boolean,
): Promise<string | undefined> {
  const address = addressOf(box, deployment);
  const startedWith = address && (await readStartedWith(deployment.id));
  if (!startedWith) return undefined;
  let state = await readSettingsState(address);
  for (let again = 0; isHealing && state === "no answer" && again < SILENT_LOOKS; again++)
    state = await readSettingsState(address);
  return state === "nobody" || (isHealing && state === "no answer") ? undefined : startedWith;
}

/** More looks, of two seconds each, before an assistant is taken for one that hangs. */
const SILENT_LOOKS = 4;

function botToken(box: SecretBox, deployment: Deployment): string {
  return openColumn(box, deployment, "telegram_bot_token")?.reveal() ?? "";
}

function tell(
  settings: StackSettings,
  box: SecretBox,
  deployment: Deployment,
  modelFacts: ModelFacts | undefined,
): Told | undefined {
  if (deployment.model_provider === null) return undefined;
  const secrets = secretsEnvironment(assistantSecrets(settings, box, deployment));
  return {
    settings: openclawSettings(assistantOf(deployment, modelFacts), SECRETS_IN_ENVIRONMENT),
    secrets,
    secretsFingerprint: box.fingerprint(JSON.stringify(secrets)),
  };
}

/** Removes the clear text of the secrets: they are needed on disk only while the assistant runs. */
export async function removeSecretsFile(settings: StackSettings, deploymentId: string): Promise<void> {
  await rm(secretsFile(settings, deploymentId), { force: true });
  // Of a version before.
  await rm(join(settings.dataDir, "secrets", `${deploymentId}.env`), { force: true });
}

/** Removes what a deleted deployment leaves in the data folder. */
export async function removeFiles(settings: StackSettings, deploymentId: string): Promise<void> {
  await removeSecretsFile(settings, deploymentId);
  await rm(stackWorkDir(settings, deploymentId), { recursive: true, force: true });
  await rm(backupFolder(settings, deploymentId), { recursive: true, force: true });
}

/** Clear text, while the assistant runs. */
export function secretsFile({ dataDir }: Pick<StackSettings, "dataDir">, deploymentId: string): string {
  return join(dataDir, "secrets", `${deploymentId}.json`);
}

/** For Berth alone: what its container gets is another file, see infra/docker/commands/write-settings.ts. */
export const SECRETS_FILE_MODE = 0o600;

/** Undefined if there is none. */
export async function readSecretsFile(
  settings: StackSettings,
  deploymentId: string,
): Promise<string | undefined> {
  return readFile(secretsFile(settings, deploymentId), "utf8").catch(() => undefined);
}

export async function writeSecretsFile(
  settings: StackSettings,
  deploymentId: string,
  text: string,
): Promise<void> {
  const file = secretsFile(settings, deploymentId);
  await mkdir(join(settings.dataDir, "secrets"), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}.tmp`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, text, { mode: SECRETS_FILE_MODE, flag: "wx" });
  await rename(unfinished, file);
}

/** Keyed hash of the secrets that the record has now. */
export function wantedSecrets(settings: StackSettings, box: SecretBox, deployment: Deployment): string {
  return box.fingerprint(secretsText(assistantSecrets(settings, box, deployment)));
}

function assistantSecrets(settings: StackSettings, box: SecretBox, deployment: Deployment): AssistantSecrets {
  return {
    modelProvider: modelProvider(deployment),
    modelApiKey: modelKey(settings, box, deployment)?.reveal(),
    telegramBotToken: botToken(box, deployment),
    gatewayToken: openColumn(box, deployment, "gateway_token")?.reveal() ?? "",
  };
}

function assistantOf(deployment: Deployment, modelFacts: ModelFacts | undefined): Assistant {
  const { model_id: modelId, allow_from: allowFrom } = deployment;
  return { modelProvider: modelProvider(deployment), modelId: modelId ?? "", modelFacts, allowFrom };
}

/** What a stack is to be, and what is done with the assistant's data once it has no containers. */
export interface Goal {
  readonly replicas: 0 | 1;
  readonly image: string;
  /** Absent where the model's provider never said any. */
  readonly modelFacts?: ModelFacts | undefined;
  /** Whether an assistant that runs and answers no call is replaced. */
  readonly isHealing?: boolean | undefined;
  readonly data?: DataWork;
}
