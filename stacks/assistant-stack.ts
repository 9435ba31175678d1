// From a deployment's record to its stack: the config that the program reads, and its secrets where the assistant gets them.
import { chown, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findCodeCache } from "../infra/find-code-cache.ts";
import { dotenv, MODEL_PROVIDERS, openclawSecrets, openclawSettings } from "../infra/openclaw.ts";
import { addressAt } from "./addresses.ts";
import { backupFolder } from "./backups/places.ts";
import { type Deployment, openColumn } from "./deployments.ts";
import { ecsConfig, type Told } from "./ecs-stack.ts";
import type { Goal } from "./job.ts";
import { foundationOf } from "./regions.ts";
import type { Secret, SecretBox } from "./secret.ts";
import type { StackSettings } from "./settings.ts";

const CONTAINER_USER = 1000;

/** Folder of the stack's config file. */
export function stackWorkDir({ dataDir }: StackSettings, deploymentId: string): string {
  return join(dataDir, "stacks", deploymentId);
}

/** The stack's config for a goal; the assistant's secrets are put in their place first. */
export async function prepareConfig(
  settings: StackSettings,
  box: SecretBox,
  deployment: Deployment,
  { replicas, image }: Goal,
): Promise<Record<string, string>> {
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
      ? await ecsConfig(foundation, deployment, tell(settings, box, deployment))
      : await dockerConfig(settings, box, deployment, { replicas, image })),
  };
}

async function dockerConfig(
  settings: StackSettings,
  box: SecretBox,
  deployment: Deployment,
  { replicas, image }: Goal,
): Promise<Record<string, string>> {
  if (deployment.address === null) throw new Error("The deployment has no address.");
  const { hostPort, subnet } = addressAt(settings, deployment.address);
  const text = replicas === 1 ? dotenv(assistantSecrets(settings, box, deployment)) : "";
  if (replicas === 1) await writeSecretsFile(settings, deployment.id, text);
  const codeCache = replicas === 1 ? await findCodeCache(image) : undefined;
  return {
    hostPort: String(hostPort),
    subnet,
    settings: JSON.stringify(replicas === 1 ? assistantSettings(deployment) : {}),
    secretsFile: secretsFile(settings, deployment.id),
    secretsFingerprint: box.fingerprint(text),
    ...(settings.runtime && { runtime: settings.runtime }),
    ...(codeCache && { codeCache }),
  };
}

function tell(settings: StackSettings, box: SecretBox, deployment: Deployment): Told | undefined {
  if (deployment.model_provider === null) return undefined;
  const secrets = assistantSecrets(settings, box, deployment);
  const secretsFingerprint = box.fingerprint(JSON.stringify(secrets));
  return { settings: assistantSettings(deployment), secrets, secretsFingerprint };
}

/** Removes the clear text of the secrets: they are needed on disk only while the assistant runs. */
export async function removeSecretsFile(settings: StackSettings, deploymentId: string): Promise<void> {
  await rm(secretsFile(settings, deploymentId), { force: true });
}

/** Removes what a deleted deployment leaves in the data folder. */
export async function removeFiles(settings: StackSettings, deploymentId: string): Promise<void> {
  await removeSecretsFile(settings, deploymentId);
  await rm(stackWorkDir(settings, deploymentId), { recursive: true, force: true });
  await rm(backupFolder(settings, deploymentId), { recursive: true, force: true });
}

/** Clear text, while the assistant runs. */
export function secretsFile({ dataDir }: Pick<StackSettings, "dataDir">, deploymentId: string): string {
  return join(dataDir, "secrets", `${deploymentId}.env`);
}

/** Where Berth may not give the file to the container's user, it is readable, inside a closed folder. */
export function secretsFileMode(): { readonly mode: number; readonly owner: number } {
  const user = process.getuid?.() ?? CONTAINER_USER;
  const isOurs = user === 0 || user === CONTAINER_USER;
  return isOurs ? { mode: 0o400, owner: CONTAINER_USER } : { mode: 0o444, owner: user };
}

/** The engine mounts the file itself, so its folder is closed to everybody but Berth. */
async function writeSecretsFile(settings: StackSettings, deploymentId: string, text: string): Promise<void> {
  const file = secretsFile(settings, deploymentId);
  await mkdir(join(settings.dataDir, "secrets"), { recursive: true, mode: 0o700 });
  const { mode, owner } = secretsFileMode();
  const unfinished = `${file}.${process.pid}.tmp`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, text, { mode, flag: "wx" });
  if (owner === CONTAINER_USER) await chown(unfinished, owner, owner);
  await rename(unfinished, file);
}

function assistantSecrets(
  settings: StackSettings,
  box: SecretBox,
  deployment: Deployment,
): Record<string, string> {
  return openclawSecrets({
    modelProvider: modelProvider(deployment),
    modelApiKey: modelKey(settings, box, deployment)?.reveal(),
    telegramBotToken: openColumn(box, deployment, "telegram_bot_token")?.reveal() ?? "",
    gatewayToken: openColumn(box, deployment, "gateway_token")?.reveal() ?? "",
  });
}

/** The customer's own key, or the operator's, who may have none: a stop does without. */
export function modelKey(
  { modelKeys }: StackSettings,
  box: SecretBox,
  deployment: Deployment,
): Secret | undefined {
  if (deployment.api_mode === "byok") return openColumn(box, deployment, "model_api_key");
  return modelKeys[modelProvider(deployment)];
}

function assertModelKey({ modelKeys }: StackSettings, deployment: Deployment): void {
  if (deployment.api_mode === "byok") return;
  const provider = modelProvider(deployment);
  if (!modelKeys[provider])
    throw new Error(`The operator has no model key for ${provider}. Choose another modelProvider.`);
}

function assistantSettings(deployment: Deployment): Record<string, unknown> {
  return openclawSettings(modelProvider(deployment), deployment.model_id ?? "", deployment.allow_from);
}

function modelProvider(deployment: Deployment) {
  const known = MODEL_PROVIDERS.find((provider) => provider === deployment.model_provider);
  if (!known) throw new Error(`The deployment has an unknown model provider "${deployment.model_provider}".`);
  return known;
}
