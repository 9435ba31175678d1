// An assistant's secrets in Secrets Manager. Berth puts them there itself: neither Pulumi's state nor its config ever
// holds a value, and ECS hands them to the task.
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Foundation, SecretsReference } from "./args.ts";
import { clientOptions } from "./clients.ts";
import { DEPLOYMENT_TAG, secretName } from "./names.ts";

const CURRENT = "AWSCURRENT";

/**
 * Makes these values the current ones of the deployment's secret. Asked for again, it changes nothing.
 * @param version keyed hash of the values, 32 characters or more: it is the version's id
 */
export async function putSecret(
  { region, kmsKeyArn }: Foundation,
  deploymentId: string,
  values: Readonly<Record<string, string>>,
  version: string,
): Promise<SecretsReference> {
  const client = new SecretsManagerClient(clientOptions(region));
  const SecretId = secretName(deploymentId);
  const content = { SecretString: JSON.stringify(values), ClientRequestToken: version };
  const names = Object.keys(values);
  const found = await describe(client, SecretId);
  if (!found) {
    const created = await client.send(
      new CreateSecretCommand({
        Name: SecretId,
        KmsKeyId: kmsKeyArn,
        Tags: [{ Key: DEPLOYMENT_TAG, Value: deploymentId }],
        ...content,
      }),
    );
    return { arn: created.ARN ?? SecretId, version, names };
  }
  // Deleted by hand, it is there for some more days, and refuses everything.
  if (found.DeletedDate) await client.send(new RestoreSecretCommand({ SecretId }));
  const stages = found.VersionIdsToStages ?? {};
  if (!stages[version]) await client.send(new PutSecretValueCommand({ SecretId, ...content }));
  else if (!stages[version].includes(CURRENT)) {
    const [current] = Object.entries(stages).find(([, marks]) => marks.includes(CURRENT)) ?? [];
    const move = { VersionStage: CURRENT, MoveToVersionId: version };
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        ...move,
        ...(current && { RemoveFromVersionId: current }),
      }),
    );
  }
  return { arn: found.ARN ?? SecretId, version, names };
}

/** Removes the deployment's secret at once, without AWS's weeks of grace; one that isn't there is as good. */
export async function deleteSecret({ region }: Foundation, deploymentId: string): Promise<void> {
  const client = new SecretsManagerClient(clientOptions(region));
  await client
    .send(new DeleteSecretCommand({ SecretId: secretName(deploymentId), ForceDeleteWithoutRecovery: true }))
    .catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    });
}

async function describe(client: SecretsManagerClient, SecretId: string) {
  try {
    return await client.send(new DescribeSecretCommand({ SecretId }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
