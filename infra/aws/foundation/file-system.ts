// The encrypted file system that holds the state of all assistants. Reached only through an access point, each of which
// sees one directory; only the eraser's sees them all.
import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as efs from "@pulumi/aws/efs/index.js";
import type * as kms from "@pulumi/aws/kms/index.js";
import * as pulumi from "@pulumi/pulumi";
import { STATE_ROOT } from "../names.ts";
import type { Ground } from "./ground.ts";
import type { Place } from "./network.ts";

const NFS_PORT = 2049;

export interface Files {
  readonly fileSystem: efs.FileSystem;
  /** Of the mount targets. */
  readonly securityGroup: ec2.SecurityGroup;
  readonly eraserAccessPoint: efs.AccessPoint;
}

export function fileSystem(ground: Ground, { vpcId, subnetIds, cidrBlocks }: Place, key: kms.Key): Files {
  const { name, tags, options } = ground;
  const files = new efs.FileSystem(
    "state",
    {
      creationToken: name,
      encrypted: true,
      kmsKeyId: key.arn,
      throughputMode: "elastic",
      lifecyclePolicies: [
        { transitionToIa: "AFTER_30_DAYS" },
        { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
      ],
      tags,
    },
    // It holds the customers' data: who wants it gone says so twice.
    { ...options, protect: true },
  );
  new efs.BackupPolicy("state", { fileSystemId: files.id, backupPolicy: { status: "ENABLED" } }, options);
  const securityGroup = new ec2.SecurityGroup(
    "state",
    {
      name: `${name}-state`,
      description: "Mount targets of the assistants' state",
      vpcId,
      ingress: [
        {
          description: "Assistants and the eraser",
          protocol: "tcp",
          fromPort: NFS_PORT,
          toPort: NFS_PORT,
          // By address: a group per assistant would outgrow the rules that a security group may have.
          cidrBlocks: [...cidrBlocks],
        },
      ],
      egress: [],
      tags,
    },
    options,
  );
  for (const [index, subnetId] of subnetIds.entries()) {
    const target = { fileSystemId: files.id, subnetId, securityGroups: [securityGroup.id] };
    new efs.MountTarget(`state-${index}`, target, options);
  }
  // As root, for this access point alone: who owns the parent of a directory that AWS has made is not documented.
  const eraserAccessPoint = new efs.AccessPoint(
    "eraser",
    {
      fileSystemId: files.id,
      posixUser: { uid: 0, gid: 0 },
      rootDirectory: {
        path: STATE_ROOT,
        creationInfo: { ownerUid: 0, ownerGid: 0, permissions: "0755" },
      },
      tags,
    },
    options,
  );
  const policy = accessPolicy(files, eraserAccessPoint);
  new efs.FileSystemPolicy("state", { fileSystemId: files.id, policy }, options);
  return { fileSystem: files, securityGroup, eraserAccessPoint };
}

/** Tasks have no role, so who mounts is nobody in particular: what counts is through which door, and encrypted. */
function accessPolicy(files: efs.FileSystem, eraser: efs.AccessPoint): pulumi.Output<string> {
  const nobodyInParticular = { Effect: "Allow", Principal: { AWS: "*" }, Resource: files.arn };
  const viaMountTarget = { "elasticfilesystem:AccessedViaMountTarget": "true" };
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ThroughAnAccessPoint",
        ...nobodyInParticular,
        Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        Condition: {
          Bool: viaMountTarget,
          Null: { "elasticfilesystem:AccessPointArn": "false" },
        },
      },
      {
        Sid: "EraserAsRoot",
        ...nobodyInParticular,
        Action: "elasticfilesystem:ClientRootAccess",
        Condition: {
          Bool: viaMountTarget,
          StringEquals: { "elasticfilesystem:AccessPointArn": eraser.arn },
        },
      },
      {
        Sid: "Encrypted",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "*",
        Resource: files.arn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
