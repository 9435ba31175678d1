// The secret by which a transfer's task learns what it is to do: the addresses in it open S3 to anybody who has them. It is
// there while the task is.
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Foundation } from "../args.ts";
import { clientOptions } from "../clients.ts";
import { DEPLOYMENT_TAG, transferSecretName } from "../names.ts";

/** AWS may go on for a while with removing the one before, whose name is not free until then. */
const REMOVAL_TIMEOUT_MS = 60_000;
const TRY_EVERY_MS = 2_000;

/** @returns what a task definition calls this very version of it */
export async function putTransferSecret(
  { region, kmsKeyArn }: Foundation,
  deploymentId: string,
  text: string,
): Promise<string> {
  const client = new SecretsManagerClient(clientOptions(region));
  const Name = transferSecretName(deploymentId);
  const made = { Name, KmsKeyId: kmsKeyArn, Tags: [{ Key: DEPLOYMENT_TAG, Value: deploymentId }] };
  for (const deadline = performance.now() + REMOVAL_TIMEOUT_MS; ; await sleep(TRY_EVERY_MS)) {
    try {
      const { ARN, VersionId } = await client
        .send(new CreateSecretCommand({ ...made, SecretString: text }))
        .catch((error: unknown) => {
          if (!(error instanceof ResourceExistsException)) throw error;
          return client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: text }));
        });
      return `${ARN}:::${VersionId}`;
    } catch (error) {
      const isGoing = error instanceof InvalidRequestException || error instanceof ResourceNotFoundException;
      if (!isGoing || performance.now() > deadline) throw error;
    }
  }
}

/** One that isn't there is as good. */
export async function deleteTransferSecret({ region }: Foundation, deploymentId: string): Promise<void> {
  const asked = { SecretId: transferSecretName(deploymentId), ForceDeleteWithoutRecovery: true };
  await new SecretsManagerClient(clientOptions(region))
    .send(new DeleteSecretCommand(asked))
    .catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    });
}
