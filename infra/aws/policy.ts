// What Berth's own credentials need in a region, and no more: its deployments' parts by their names or tags, and the one
// foundation. What AWS can't restrict to resources stands alone, under `Unrestricted`. The foundation's own stack
// (`aws up`) needs an administrator.
import type { Foundation } from "./args.ts";
import { DEPLOYMENT_TAG, secretName } from "./names.ts";
import { arn, askedBy } from "./partition.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** A policy of AWS's IAM. @param bucket that holds Pulumi's state, if one does */
export function credentialsPolicy(foundation: Foundation, bucket: string | undefined): Policy {
  return {
    Version: "2012-10-17",
    Statement: [
      ...services(foundation),
      ...networks(foundation),
      ...state(foundation),
      ...secrets(foundation),
      ...insight(foundation),
      ...transferStatements(foundation),
      unrestricted(),
      ...(bucket ? pulumiState(bucket, foundation) : []),
    ],
  };
}

function services({
  region,
  accountId,
  clusterArn,
  executionRoleArn,
  eraserTaskFamily,
}: Foundation): Statement[] {
  const cluster = clusterArn.split("/").at(-1);
  const ecs = `${arn(region)}:ecs:${region}:${accountId}`;
  const inCluster = { ArnEquals: { "ecs:cluster": clusterArn } };
  return [
    {
      Sid: "Services",
      ...allow("ecs", "CreateService UpdateService DeleteService DescribeServices"),
      Resource: `${ecs}:service/${cluster}/berth-*`,
    },
    { Sid: "Cluster", ...allow("ecs", "DescribeClusters"), Resource: clusterArn },
    { Sid: "Tasks", ...allow("ecs", "DescribeTasks"), Resource: `${ecs}:task/${cluster}/*` },
    { Sid: "ListTasks", ...allow("ecs", "ListTasks"), Resource: "*", Condition: inCluster },
    {
      Sid: "Eraser",
      ...allow("ecs", "RunTask"),
      Resource: `${ecs}:task-definition/${eraserTaskFamily}:*`,
      Condition: inCluster,
    },
    {
      Sid: "TagsOfServicesAndDefinitions",
      ...allow("ecs", "TagResource ListTagsForResource"),
      Resource: [`${ecs}:service/${cluster}/berth-*`, `${ecs}:task-definition/berth-*:*`],
    },
    {
      Sid: "StartTasksInTheExecutionRole",
      ...allow("iam", "PassRole"),
      Resource: executionRoleArn,
      Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
  ];
}

/** Security groups have names that others could have, too: those with a deployment's tag are Berth's. */
function networks({ region, accountId, vpcId }: Foundation): Statement[] {
  const ec2 = `${arn(region)}:ec2:${region}:${accountId}`;
  const groups = `${ec2}:security-group/*`;
  return [
    { Sid: "NewGroupsInTheVpc", ...allow("ec2", "CreateSecurityGroup"), Resource: `${ec2}:vpc/${vpcId}` },
    { Sid: "NewGroups", ...allow("ec2", "CreateSecurityGroup"), Resource: groups, Condition: asked },
    {
      Sid: "TagsOfNewGroups",
      ...allow("ec2", "CreateTags"),
      Resource: groups,
      Condition: { StringEquals: { "ec2:CreateAction": "CreateSecurityGroup" } },
    },
    {
      Sid: "Groups",
      ...allow("ec2", "AuthorizeSecurityGroupEgress RevokeSecurityGroupEgress DeleteSecurityGroup"),
      Resource: groups,
      Condition: tagged,
    },
  ];
}

function state({ region, accountId, fileSystemId }: Foundation): Statement[] {
  const efs = `${arn(region)}:elasticfilesystem:${region}:${accountId}`;
  const files = `${efs}:file-system/${fileSystemId}`;
  const doors = `${efs}:access-point/*`;
  return [
    {
      Sid: "NewAccessPoints",
      ...allow("elasticfilesystem", "CreateAccessPoint"),
      Resource: files,
      Condition: asked,
    },
    {
      Sid: "TagsOfNewAccessPoints",
      ...allow("elasticfilesystem", "TagResource"),
      Resource: [files, doors],
      Condition: { StringEquals: { "elasticfilesystem:CreateAction": "CreateAccessPoint" } },
    },
    {
      Sid: "LookAtAccessPoints",
      ...allow("elasticfilesystem", "DescribeAccessPoints ListTagsForResource"),
      Resource: [files, doors],
    },
    {
      Sid: "AccessPoints",
      ...allow("elasticfilesystem", "DeleteAccessPoint"),
      Resource: doors,
      Condition: tagged,
    },
  ];
}

/** Berth writes them and never reads them: there is no GetSecretValue. */
function secrets({ region, accountId, kmsKeyArn }: Foundation): Statement[] {
  return [
    {
      Sid: "Secrets",
      ...allow(
        "secretsmanager",
        "CreateSecret DescribeSecret PutSecretValue UpdateSecretVersionStage RestoreSecret DeleteSecret TagResource",
      ),
      Resource: `${arn(region)}:secretsmanager:${region}:${accountId}:secret:${secretName("*")}`,
    },
    {
      Sid: "KeyOfSecrets",
      ...allow("kms", "GenerateDataKey Decrypt"),
      Resource: kmsKeyArn,
      Condition: { StringEquals: { "kms:ViaService": askedBy("secretsmanager", region) } },
    },
  ];
}

function insight({ region, accountId, logGroupName }: Foundation): Statement[] {
  const logs = `${arn(region)}:logs:${region}:${accountId}:log-group:${logGroupName}`;
  return [
    { Sid: "Logs", ...allow("logs", "DescribeLogStreams GetLogEvents"), Resource: [logs, `${logs}:*`] },
  ];
}

/** Those that only look, and task definitions: what one may start is what the execution role is passed to. */
function unrestricted(): Statement {
  return {
    Sid: "Unrestricted",
    Effect: "Allow",
    Action: [
      ...allow("ecs", "RegisterTaskDefinition DeregisterTaskDefinition DescribeTaskDefinition").Action,
      ...allow("ec2", "DescribeSecurityGroups DescribeSecurityGroupRules DescribeSubnets").Action,
      ...allow("ec2", "DescribeNetworkInterfaces").Action,
      ...allow("cloudwatch", "GetMetricData").Action,
    ],
    Resource: "*",
  };
}

function pulumiState(bucket: string, { region }: Foundation): Statement[] {
  const all = `${arn(region)}:s3:::${bucket}`;
  return [
    { Sid: "ListPulumiState", ...allow("s3", "ListBucket"), Resource: all },
    { Sid: "PulumiState", ...allow("s3", "GetObject PutObject DeleteObject"), Resource: `${all}/*` },
  ];
}

function allow(prefix: string, actions: string) {
  return { Effect: "Allow", Action: actions.split(" ").map((action) => `${prefix}:${action}`) } as const;
}

/** Asked for with a deployment's tag, or having one. */
const asked = { Null: { [`aws:RequestTag/${DEPLOYMENT_TAG}`]: "false" } } as const;
const tagged = { Null: { [`aws:ResourceTag/${DEPLOYMENT_TAG}`]: "false" } } as const;

/** None on a foundation that has no bucket for it. */
function transferStatements({ region, accountId, clusterArn, kmsKeyArn, transfer }: Foundation): Statement[] {
  if (!transfer) return [];
  const begin = arn(region);
  const bucket = `${begin}:s3:::${transfer.bucket}`;
  const ofTasks = `${begin}:ecs:${region}:${accountId}:task-definition/berth-*-transfer:*`;
  const Condition = { ArnEquals: { "ecs:cluster": clusterArn } };
  return [
    { Sid: "Transfers", Effect: "Allow", Action: ["ecs:RunTask"], Resource: ofTasks, Condition },
    {
      Sid: "EndTransfers",
      Effect: "Allow",
      Action: ["ecs:StopTask"],
      Resource: `${begin}:ecs:${region}:${accountId}:task/${clusterArn.split("/").at(-1)}/*`,
    },
    { Sid: "FindTransfers", Effect: "Allow", Action: ["ecs:ListTaskDefinitions"], Resource: "*" },
    { Sid: "ListTransferred", Effect: "Allow", Action: ["s3:ListBucket"], Resource: bucket },
    {
      Sid: "Transferred",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: `${bucket}/*`,
    },
    {
      Sid: "KeyOfTransferred",
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: kmsKeyArn,
      Condition: { StringEquals: { "kms:ViaService": askedBy("s3", region) } },
    },
  ];
}
