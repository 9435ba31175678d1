// The role in which ECS starts a task: it pulls, reads the task's secrets and opens its log. No container ever has it.
import type * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as iam from "@pulumi/aws/iam/index.js";
import type * as kms from "@pulumi/aws/kms/index.js";
import * as pulumi from "@pulumi/pulumi";
import { secretName } from "../names.ts";
import { arn, askedBy } from "../partition.ts";
import type { Ground } from "./ground.ts";

interface Uses {
  readonly key: kms.Key;
  readonly logGroup: cloudwatch.LogGroup;
  /** Name of a repository of this account and region; without one, images are pulled without credentials. */
  readonly ecrRepository: string | undefined;
}

export function executionRole(ground: Ground, uses: Uses): iam.Role {
  const { name, region, accountId, tags, options } = ground;
  const role = new iam.Role(
    "execution",
    {
      name: `${name}-execution-${region}`,
      description: "Starts the tasks of Berth's assistants; no container has it",
      assumeRolePolicy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "ecs-tasks.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
          },
        ],
      }),
      tags,
    },
    options,
  );
  new iam.RolePolicy("execution", { role: role.id, policy: policy(ground, uses) }, options);
  return role;
}

function policy({ region, accountId }: Ground, { key, logGroup, ecrRepository }: Uses) {
  const secrets = pulumi.interpolate`${arn(region)}:secretsmanager:${region}:${accountId}:secret:${secretName("*")}`;
  const statements: object[] = [
    { Sid: "Secrets", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secrets },
    {
      Sid: "KeyOfSecrets",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: key.arn,
      Condition: { StringEquals: { "kms:ViaService": askedBy("secretsmanager", region) } },
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${logGroup.arn}:log-stream:*`,
    },
  ];
  if (ecrRepository) {
    statements.push(
      { Sid: "Login", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
      {
        Sid: "Image",
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: pulumi.interpolate`${arn(region)}:ecr:${region}:${accountId}:repository/${ecrRepository}`,
      },
    );
  }
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}
