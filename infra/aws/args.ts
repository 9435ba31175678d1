// What an assistant's stack on AWS is made from, and what it shares with the others of its region.
import type { CommonArgs } from "../args.ts";

export interface EcsArgs extends CommonArgs {
  readonly foundation: Foundation;
  /** Absent until the deployment is activated. */
  readonly secrets: SecretsReference | undefined;
  /** The operation that asks for this: each one checks again whether the service runs what it should. */
  readonly operation: string;
}

/** Where an assistant's secrets are. Holds none of them. */
export interface SecretsReference {
  readonly arn: string;
  /** Keyed hash of the values: a changed secret is another task definition. */
  readonly version: string;
  /** Names of the environment variables, which are the keys of the secret's JSON. */
  readonly names: readonly string[];
}

/** What all deployments of an account and region share: the outputs of the foundation's stack. */
export interface Foundation {
  readonly region: string;
  readonly accountId: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly clusterArn: string;
  readonly fileSystemId: string;
  /** Security group of the file system's mount targets. */
  readonly fileSystemSecurityGroupId: string;
  readonly logGroupName: string;
  readonly executionRoleArn: string;
  readonly kmsKeyArn: string;
  /** Family of the task that removes a deleted deployment's directory. */
  readonly eraserTaskFamily: string;
  readonly eraserSecurityGroupId: string;
  /** What states are carried out and in by; older foundations lack it. */
  readonly transfer?: Transfer | undefined;
}

export interface Transfer {
  /** Name of the bucket through which states pass. */
  readonly bucket: string;
  /** Of the task that does it; it has Node and GNU tar. */
  readonly image: string;
}
