// What a task of Berth's may reach: HTTPS and the state's file system. The VPC's resolver needs no rule: security
// groups don't see it.
import type * as pulumi from "@pulumi/pulumi";

const HTTPS_PORT = 443;
const NFS_PORT = 2049;

/** Egress rules of a task's security group. Private addresses are denied by the subnets' ACL: a group can't deny. */
export function egressRules(fileSystemSecurityGroupId: pulumi.Input<string>) {
  return [
    {
      description: "HTTPS",
      protocol: "tcp",
      fromPort: HTTPS_PORT,
      toPort: HTTPS_PORT,
      cidrBlocks: ["0.0.0.0/0"],
    },
    {
      description: "State",
      protocol: "tcp",
      fromPort: NFS_PORT,
      toPort: NFS_PORT,
      securityGroups: [fileSystemSecurityGroupId],
    },
  ];
}
