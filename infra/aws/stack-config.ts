// The part of a stack's config that the target aws alone has. Secrets go to Secrets Manager from here, and the stack gets
// their address. Running or stopped it is the same config but for the replicas: a stop changes nothing else.

import { openclawSettings, SECRETS_IN_ENVIRONMENT, secretsEnvironment } from "../assistant/openclaw.ts";
import type { DeploymentFacts } from "../target.ts";
import type { Foundation } from "./args.ts";
import { putSecret } from "./secret.ts";

export async function ecsConfig(
  foundation: Foundation,
  deployment: DeploymentFacts,
): Promise<Record<string, string>> {
  const { deploymentId, operationId } = deployment;
  assertSameRegion(foundation, deployment);
  const revealed = deployment.reveal();
  const config = { foundation: JSON.stringify(foundation), operation: operationId ?? "" };
  if (!revealed) return { ...config, settings: "{}" };
  if (revealed.assistant.modelGateway?.form === "names")
    throw new Error("A task on AWS reaches the model gateway by its URL alone: set BERTH_GATEWAY_URL.");
  const values = secretsEnvironment(revealed.secrets);
  const version = deployment.fingerprint(JSON.stringify(values));
  const secrets = await putSecret(foundation, deploymentId, values, version);
  const settings = openclawSettings(revealed.assistant, SECRETS_IN_ENVIRONMENT);
  return { ...config, settings: JSON.stringify(settings), secrets: JSON.stringify(secrets) };
}

/** In another region all that the deployment has would look removed. */
function assertSameRegion({ region }: Foundation, { deploymentId, volume = "" }: DeploymentFacts): void {
  const [, , , livesIn] = volume.split(":");
  if (!livesIn || livesIn === region) return;
  throw new Error(
    `The deployment ${deploymentId} lives in ${livesIn}, not in ${region}. Name ${livesIn} first in BERTH_AWS_REGION.`,
  );
}
