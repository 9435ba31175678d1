// The foundation's key, and the log group that it encrypts.
import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as kms from "@pulumi/aws/kms/index.js";
import * as pulumi from "@pulumi/pulumi";
import { arn, logsPrincipal } from "../partition.ts";
import type { Ground } from "./ground.ts";

const RETENTION_DAYS = 30;

export function logging({ name, region, accountId, tags, options }: Ground) {
  const logGroupName = `/${name}/assistants`;
  const key = new kms.Key(
    "key",
    {
      description: "Assistants of Berth: secrets, state and logs",
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: keyPolicy({ region, accountId, logGroupName }),
      tags,
    },
    options,
  );
  const logGroup = new cloudwatch.LogGroup(
    "logs",
    { name: logGroupName, retentionInDays: RETENTION_DAYS, kmsKeyId: key.arn, tags },
    options,
  );
  return { key, logGroup };
}

/** The account's own IAM rules over the key; CloudWatch may use it for this one log group. */
function keyPolicy(parts: {
  readonly region: string;
  readonly accountId: pulumi.Input<string>;
  readonly logGroupName: string;
}): pulumi.Output<string> {
  const { region, accountId, logGroupName } = parts;
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: pulumi.interpolate`${arn(region)}:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "LogGroup",
        Effect: "Allow",
        Principal: { Service: logsPrincipal(region) },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        Resource: "*",
        Condition: {
          ArnEquals: {
            "kms:EncryptionContext:aws:logs:arn": pulumi.interpolate`${arn(region)}:logs:${region}:${accountId}:log-group:${logGroupName}`,
          },
        },
      },
    ],
  });
}
