// The task that removes a deleted deployment's directory: run by Berth, with the directory's name, and ended at once.
import type * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as ecs from "@pulumi/aws/ecs/index.js";
import type * as iam from "@pulumi/aws/iam/index.js";
import * as pulumi from "@pulumi/pulumi";
import { egressRules } from "../egress.ts";
import { ERASER, ERASER_MOUNT } from "../names.ts";
import type { Files } from "./file-system.ts";
import type { Ground } from "./ground.ts";
import type { Place } from "./network.ts";

interface Uses {
  readonly role: iam.Role;
  readonly logGroup: cloudwatch.LogGroup;
  /** Any image with `rm`. */
  readonly image: string;
}

export function eraser(ground: Ground, { vpcId }: Place, files: Files, uses: Uses) {
  const { name, region, tags, options } = ground;
  const taskFamily = `${name}-${ERASER}`;
  const securityGroup = new ec2.SecurityGroup(
    ERASER,
    {
      name: taskFamily,
      description: "The task that removes deleted state: nothing comes in",
      vpcId,
      ingress: [],
      egress: egressRules(files.securityGroup.id),
      tags,
    },
    options,
  );
  const task = new ecs.TaskDefinition(
    ERASER,
    {
      family: taskFamily,
      cpu: "256",
      memory: "512",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      executionRoleArn: uses.role.arn,
      containerDefinitions: pulumi.jsonStringify([
        {
          command: ["true"],
          cpu: 0,
          environment: [],
          essential: true,
          image: uses.image,
          linuxParameters: { capabilities: { add: [], drop: ["ALL"] }, initProcessEnabled: true },
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": uses.logGroup.name,
              "awslogs-region": region,
              "awslogs-stream-prefix": ERASER,
            },
          },
          mountPoints: [{ containerPath: ERASER_MOUNT, readOnly: false, sourceVolume: "state" }],
          name: ERASER,
          portMappings: [],
          readonlyRootFilesystem: true,
          systemControls: [],
          volumesFrom: [],
        },
      ]),
      volumes: [
        {
          name: "state",
          efsVolumeConfiguration: {
            fileSystemId: files.fileSystem.id,
            rootDirectory: "/",
            transitEncryption: "ENABLED",
            authorizationConfig: { accessPointId: files.eraserAccessPoint.id, iam: "DISABLED" },
          },
        },
      ],
      tags,
    },
    options,
  );
  return { taskFamily: task.family, securityGroup };
}
