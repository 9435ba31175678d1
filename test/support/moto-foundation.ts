// The network and the cluster of a foundation, made in moto; its other parts are names.
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import type { Foundation } from "../../infra/args.ts";
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
