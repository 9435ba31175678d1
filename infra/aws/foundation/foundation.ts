// The foundation's stack: what all assistants of an account and region share. Deployments' stacks get its outputs.
import * as ecs from "@pulumi/aws/ecs/index.js";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";
import { Provider } from "@pulumi/aws/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { Foundation } from "../args.ts";
import { eraser } from "./eraser.ts";
import { executionRole } from "./execution-role.ts";
import { fileSystem } from "./file-system.ts";
import { logging } from "./logging.ts";
import { network } from "./network.ts";
import { transferBucket } from "./transfer-bucket.ts";

/** Declares the stack from its config: the region, and an existing VPC with its private subnets if there is one. */
export async function foundation(): Promise<{ [name in keyof Foundation]: pulumi.Input<Foundation[name]> }> {
  const config = new pulumi.Config("berth-foundation");
  const region = config.require("region");
  const provider = new Provider("aws", { region });
  const { accountId } = getCallerIdentityOutput({}, { provider });
  const ground = {
    name: config.get("name") ?? "berth",
    region,
    accountId,
    tags: { "berth:foundation": region },
    options: { provider },
  };
  const place = network(ground, {
    vpcId: config.get("vpcId"),
    subnetIds: config.getObject<string[]>("subnetIds"),
    vpcCidr: config.get("vpcCidr") ?? "10.42.0.0/16",
    natPerZone: config.getBoolean("natPerZone") ?? false,
  });
  const { key, logGroup } = logging(ground);
  const files = fileSystem(ground, place, key);
  const cluster = new ecs.Cluster(
    "cluster",
    { name: ground.name, settings: [{ name: "containerInsights", value: "disabled" }], tags: ground.tags },
    ground.options,
  );
  const role = executionRole(ground, { key, logGroup, ecrRepository: config.get("ecrRepository") });
  const { taskFamily, securityGroup } = eraser(ground, place, files, {
    role,
    logGroup,
    image: config.get("eraserImage") ?? "public.ecr.aws/docker/library/busybox:1.37.0",
  });
  return {
    region,
    accountId,
    vpcId: place.vpcId,
    subnetIds: pulumi.output([...place.subnetIds]),
    clusterArn: cluster.arn,
    fileSystemId: files.fileSystem.id,
    fileSystemSecurityGroupId: files.securityGroup.id,
    logGroupName: logGroup.name,
    executionRoleArn: role.arn,
    kmsKeyArn: key.arn,
    eraserTaskFamily: taskFamily,
    eraserSecurityGroupId: securityGroup.id,
    transfer: pulumi.output({
      bucket: transferBucket(ground, key),
      image: config.get("transferImage") ?? "public.ecr.aws/docker/library/node:24-bookworm-slim",
    }),
  };
}
