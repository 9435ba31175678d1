// What Berth asks ECS itself, past Pulumi: whether AWS answers, before anything is concluded from what it does not
// have, and what a cut-off operation left there.
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteServiceCommand, DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { resourceName } from "../args.ts";
import type { Target } from "../target.ts";
import { assertAwsAnswers } from "./account.ts";
import type { Foundation } from "./args.ts";
import { clientOptions } from "./clients.ts";
import { DEPLOYMENT_TAG } from "./names.ts";
import { deleteSecret } from "./secret.ts";
import { eraseStateDirectory } from "./state-directory.ts";

/** A stopped task's network interface keeps its security group for a while. */
const RELEASE_TIMEOUT_MS = 120_000;
const LOOK_EVERY_MS = 2_000;

export function ecsEngine(
  foundation: Foundation,
): Pick<Target, "assertAnswers" | "removeStrays" | "removeAll"> {
  return {
    assertAnswers: async (timeoutMs) =>
      void (await assertAwsAnswers(foundation.region, foundation.accountId, timeoutMs)),
    /** Access points go too: the directory stays, and the next one leads to it again. */
    async removeStrays(deploymentId, known) {
      const { endTransfers } = await import("./transfer/end.ts");
      await endTransfers(foundation, deploymentId);
      await removeService(foundation, deploymentId, known);
      await removeSecurityGroup(foundation, deploymentId, known);
      const accessPoints = await accessPointsOf(foundation, deploymentId);
      const strays = accessPoints.filter((id) => !known.has(id));
      await removeAccessPoints(foundation, strays);
    },
    async removeAll(deploymentId) {
      const nothing = new Set<string>();
      const { endTransfers, forgetTransfers } = await import("./transfer/end.ts");
      await endTransfers(foundation, deploymentId);
      await forgetTransfers(foundation, deploymentId);
      await removeService(foundation, deploymentId, nothing);
      await removeSecurityGroup(foundation, deploymentId, nothing);
      await removeData(foundation, deploymentId);
      await deleteSecret(foundation, deploymentId);
    },
  };
}

/** Waits until it is gone: another one can't have its name before. */
async function removeService(
  { region, clusterArn: cluster }: Foundation,
  deploymentId: string,
  known: ReadonlySet<string>,
): Promise<void> {
  const ecs = new ECSClient(clientOptions(region));
  const service = resourceName(deploymentId);
  const find = async () => {
    const described = new DescribeServicesCommand({ cluster, services: [service] });
    const { services = [] } = await ecs.send(described);
    return services.find(({ status, serviceArn = "" }) => status !== "INACTIVE" && !known.has(serviceArn));
  };
  if (!(await find())) return;
  await ecs.send(new DeleteServiceCommand({ cluster, service, force: true }));
  for (const deadline = performance.now() + RELEASE_TIMEOUT_MS; await find(); await sleep(LOOK_EVERY_MS)) {
    if (performance.now() > deadline) throw new Error(`The service ${service} does not end.`);
  }
}

async function removeSecurityGroup(
  { region, vpcId }: Foundation,
  deploymentId: string,
  known: ReadonlySet<string>,
): Promise<void> {
  const { DeleteSecurityGroupCommand, DescribeSecurityGroupsCommand, EC2Client } = await import(
    "@aws-sdk/client-ec2"
  );
  const ec2 = new EC2Client(clientOptions(region));
  const Filters = [
    { Name: "vpc-id", Values: [vpcId] },
    { Name: "group-name", Values: [resourceName(deploymentId)] },
  ];
  const { SecurityGroups: groups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  for (const { GroupId = "" } of groups.filter((group) => !known.has(group.GroupId ?? ""))) {
    for (const deadline = performance.now() + RELEASE_TIMEOUT_MS; ; await sleep(LOOK_EVERY_MS)) {
      try {
        await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
        break;
      } catch (error) {
        if (!(error instanceof Error && error.name === "DependencyViolation" && performance.now() < deadline))
          throw error;
      }
    }
  }
}

/**
 * Where Pulumi has destroyed the stack, the directory is gone with the access point. Otherwise that is what leads to it: it goes
 * last, so that a removal that failed is found.
 */
async function removeData(foundation: Foundation, deploymentId: string): Promise<void> {
  const ids = await accessPointsOf(foundation, deploymentId);
  if (ids.length === 0) return;
  await eraseStateDirectory({ deploymentId, foundation });
  await removeAccessPoints(foundation, ids);
}

async function removeAccessPoints({ region }: Foundation, ids: readonly string[]): Promise<void> {
  const { DeleteAccessPointCommand, EFSClient } = await import("@aws-sdk/client-efs");
  const efs = new EFSClient(clientOptions(region));
  for (const AccessPointId of ids) await efs.send(new DeleteAccessPointCommand({ AccessPointId }));
}

/** Their ids, by the deployment's tag. */
async function accessPointsOf(
  { region, fileSystemId: FileSystemId }: Foundation,
  deploymentId: string,
): Promise<string[]> {
  const { EFSClient, paginateDescribeAccessPoints } = await import("@aws-sdk/client-efs");
  const efs = new EFSClient(clientOptions(region));
  const ids: string[] = [];
  for await (const { AccessPoints = [] } of paginateDescribeAccessPoints({ client: efs }, { FileSystemId })) {
    const own = AccessPoints.filter(({ Tags = [] }) =>
      Tags.some(({ Key, Value }) => Key === DEPLOYMENT_TAG && Value === deploymentId),
    );
    ids.push(...own.flatMap(({ AccessPointId }) => AccessPointId ?? []));
  }
  return ids;
}
