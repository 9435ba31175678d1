// Entry of `npm run berth -- aws up` and of the plain `pulumi` CLI in this folder.
import { foundation } from "./foundation.ts";

const outputs = await foundation();

export const {
  region,
  accountId,
  vpcId,
  subnetIds,
  clusterArn,
  fileSystemId,
  fileSystemSecurityGroupId,
  logGroupName,
  executionRoleArn,
  kmsKeyArn,
  eraserTaskFamily,
  eraserSecurityGroupId,
  transfer,
} = outputs;
