// The part of a stack's config that the target aws alone has. Secrets go to Secrets Manager from here, and the stack gets
// their address. Running or stopped it is the same config but for the replicas: a stop changes nothing else.
import type { Foundation } from "../../infra/args.ts";
import { putSecret } from "../../infra/aws/secret.ts";
import type { Deployment } from "../deployments/deployments.ts";

/** What an activated deployment's assistant is told. */
export interface Told {
  readonly settings: Readonly<Record<string, unknown>>;
  /** By the names of the environment variables that carry them. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly secretsFingerprint: string;
}

/** @param told undefined for a slot that is paid for and not yet activated: it has a stack and nothing to run in it */
export async function ecsConfig(
  foundation: Foundation,
  deployment: Deployment,
  told: Told | undefined,
): Promise<Record<string, string>> {
  assertSameRegion(foundation, deployment);
  const secrets = told && (await putSecret(foundation, deployment.id, told.secrets, told.secretsFingerprint));
  return {
    settings: JSON.stringify(told?.settings ?? {}),
    foundation: JSON.stringify(foundation),
    ...(secrets && { secrets: JSON.stringify(secrets) }),
    operation: deployment.operation_id ?? "",
  };
}

/** In another region all that the deployment has would look removed. */
function assertSameRegion({ region }: Foundation, { id, outputs }: Deployment): void {
  const [, , , livesIn] = String(outputs?.volume ?? "").split(":");
  if (!livesIn || livesIn === region) return;
  throw new Error(
    `The deployment ${id} lives in ${livesIn}, not in ${region}. Name ${livesIn} first in BERTH_AWS_REGION.`,
  );
}
