// A foundation as the deployments' stacks are told of it, for tests.
import type { Foundation } from "../../infra/aws/args.ts";
import type { AwsPlace } from "../../infra/aws/place.ts";

export const FOUNDATION: Foundation = {
  region: "eu-central-1",
  accountId: "123456789012",
  vpcId: "vpc-1",
  subnetIds: ["subnet-a", "subnet-b"],
  clusterArn: "arn:aws:ecs:eu-central-1:123456789012:cluster/berth",
  fileSystemId: "fs-1",
  fileSystemSecurityGroupId: "sg-files",
  logGroupName: "/berth/assistants",
  executionRoleArn: "arn:aws:iam::123456789012:role/berth-execution",
  kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/1",
  eraserTaskFamily: "berth-eraser",
  eraserSecurityGroupId: "sg-eraser",
};

/** Where deployments on that foundation live. */
export function placeOn(foundation: Foundation): AwsPlace {
  return { target: "aws", region: foundation.region, foundation };
}
