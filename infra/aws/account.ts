// What Berth asks AWS before it touches anything: who it is there, and whether what its settings name exists.
import { DescribeClustersCommand, ECSClient } from "@aws-sdk/client-ecs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Foundation } from "./args.ts";
import { clientOptions, wordsOf } from "./clients.ts";

const TIMEOUT_MS = 60_000;
const CREDENTIALS =
  "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run Berth where AWS gives it a role.";

/**
 * The number of the account that the credentials belong to.
 * @param accountId of the foundation, which must be that account
 * @throws Error when there are no credentials, AWS refuses them or does not answer in time, or it is another account.
 */
export async function assertAwsAnswers(
  region: string,
  accountId?: string,
  timeoutMs = TIMEOUT_MS,
): Promise<string> {
  const sts = new STSClient({ ...clientOptions(region), maxAttempts: 2 });
  const abortSignal = AbortSignal.timeout(timeoutMs);
  const account = await sts.send(new GetCallerIdentityCommand({}), { abortSignal }).then(
    ({ Account }) => Account ?? "",
    (error: unknown) => {
      throw abortSignal.aborted ? new Error("AWS is not reachable: no answer in time") : notAnswered(error);
    },
  );
  if (accountId && account !== accountId) {
    throw new Error(
      `AWS access refused: the credentials belong to account ${account}, the foundation to ${accountId}. Use credentials of that account.`,
    );
  }
  return account;
}

/** @throws Error that names what of the foundation there is not, and what to do. */
export async function assertFoundation(foundation: Foundation): Promise<void> {
  const { region, accountId, vpcId, subnetIds, clusterArn } = foundation;
  await assertAwsAnswers(region, accountId);
  await assertSubnets(region, subnetIds, vpcId);
  const ecs = new ECSClient(clientOptions(region));
  const { clusters = [] } = await ecs.send(new DescribeClustersCommand({ clusters: [clusterArn] }));
  if (clusters[0]?.status === "ACTIVE") return;
  throw new Error(
    `There is no ECS cluster ${clusterArn} in ${region}. Run: npm run berth -- aws up, or correct BERTH_AWS_FOUNDATION.`,
  );
}

/** @throws Error that names the subnets that don't exist in that VPC. */
async function assertSubnets(region: string, subnetIds: readonly string[], vpcId: string): Promise<void> {
  // The largest of the SDK's clients, and needed here alone.
  const { DescribeSubnetsCommand, EC2Client } = await import("@aws-sdk/client-ec2");
  const ec2 = new EC2Client(clientOptions(region));
  const filter = { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
  const { Subnets: found = [] } = await ec2.send(new DescribeSubnetsCommand(filter));
  const unknown = subnetIds.filter((id) => !found.some(({ SubnetId }) => SubnetId === id));
  if (unknown.length === 0) return;
  throw new Error(
    `The VPC ${vpcId} in ${region} has no subnet ${unknown.join(", ")}. Correct the ids, or the region.`,
  );
}

function notAnswered(error: unknown): Error {
  const words = wordsOf(error);
  if (error instanceof Error && error.name === "CredentialsProviderError") {
    return new Error(`AWS access refused: no credentials were found. ${CREDENTIALS}`);
  }
  if (/InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken|AccessDenied|UnrecognizedClient/.test(words)) {
    return new Error(`AWS access refused: ${words}. ${CREDENTIALS}`);
  }
  return new Error(`AWS is not reachable: ${words}`);
}
