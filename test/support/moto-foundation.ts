// The network and the cluster of a foundation, made in moto; its other parts are names.
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { Foundation } from "../../infra/aws/args.ts";
import { FOUNDATION } from "./foundation.ts";

export async function makeMotoFoundation(region = FOUNDATION.region): Promise<Foundation> {
  const ec2 = new EC2Client({ region });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.42.0.0/16" }));
  const VpcId = Vpc?.VpcId ?? "";
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.42.0.0/18" }));
  const { cluster } = await new ECSClient({ region }).send(
    new CreateClusterCommand({ clusterName: "berth" }),
  );
  return {
    ...FOUNDATION,
    region,
    vpcId: VpcId,
    subnetIds: [Subnet?.SubnetId ?? ""],
    clusterArn: cluster?.clusterArn ?? "",
  };
}

/** The bucket of the region that backups go by. */
export async function makeTransferBucket(Bucket: string): Promise<void> {
  const here = { LocationConstraint: "eu-central-1" } as const;
  const asked = new CreateBucketCommand({ Bucket, CreateBucketConfiguration: here });
  await new S3Client({ region: "eu-central-1" }).send(asked);
}
