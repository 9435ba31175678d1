// The network of all assistants: private subnets in two zones, a way out through NAT, and a list of what that way
// doesn't lead to. Security groups can't deny, so the denials are the subnets' network ACL.
import * as ec2 from "@pulumi/aws/ec2/index.js";
import { getAvailabilityZonesOutput } from "@pulumi/aws/getAvailabilityZones.js";
import type * as pulumi from "@pulumi/pulumi";
import ipaddr from "ipaddr.js";
import type { Ground } from "./ground.ts";

const ZONES = [0, 1] as const;
/** Private, shared, link-local (metadata of machines) and benchmark addresses. */
export const DENIED = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "198.18.0.0/15",
] as const;
const ANYWHERE = "0.0.0.0/0";
const NFS_PORT = 2049;

export interface NetworkSettings {
  /** Of an existing network, both or none: then nothing is made here. */
  readonly vpcId: string | undefined;
  readonly subnetIds: readonly string[] | undefined;
  readonly vpcCidr: string;
  /** One way out per zone survives the loss of a zone, and costs twice. */
  readonly natPerZone: boolean;
}

export interface Place {
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Output<string>[];
  /** The subnets' addresses, in their order. */
  readonly cidrBlocks: readonly pulumi.Input<string>[];
}

export function network(ground: Ground, settings: NetworkSettings): Place {
  const { vpcId, subnetIds } = settings;
  if (vpcId && subnetIds?.length) {
    // Asked for, so that an unknown one is refused before anything is made.
    const known = subnetIds.map((id) => ec2.getSubnetOutput({ id, vpcId }, ground.options));
    return {
      vpcId,
      subnetIds: known.map(({ id }) => id),
      cidrBlocks: known.map(({ cidrBlock }) => cidrBlock),
    };
  }
  if (vpcId || subnetIds?.length) throw new Error("vpcId and subnetIds belong together: set both or none.");
  return ownNetwork(ground, settings);
}

function ownNetwork(ground: Ground, { vpcCidr, natPerZone }: NetworkSettings): Place {
  const { region, tags, options } = ground;
  const dns = { enableDnsSupport: true, enableDnsHostnames: true };
  const vpc = new ec2.Vpc("vpc", { cidrBlock: vpcCidr, ...dns, tags }, options);
  const { names } = getAvailabilityZonesOutput({ state: "available" }, options);
  const cidrs = subnetCidrs(vpcCidr);
  const subnet = (kind: "public" | "private", zone: 0 | 1) => {
    const place = {
      cidrBlock: cidrs[kind][zone],
      availabilityZone: names.apply((zones) => zones[zone] ?? ""),
    };
    return new ec2.Subnet(`${kind}-${zone}`, { vpcId: vpc.id, ...place, tags }, options);
  };
  const privates = ZONES.map((zone) => subnet("private", zone));
  const ways = waysOut(
    ground,
    vpc,
    natPerZone ? ZONES.map((zone) => subnet("public", zone)) : [subnet("public", 0)],
  );
  const tables = ways.map((nat, zone) => {
    const routes = [{ cidrBlock: ANYWHERE, natGatewayId: nat.id }];
    return new ec2.RouteTable(`private-${zone}`, { vpcId: vpc.id, routes, tags }, options);
  });
  for (const [zone, { id: subnetId }] of privates.entries()) {
    const routeTableId = (tables[zone] ?? tables[0])?.id ?? "";
    new ec2.RouteTableAssociation(`private-${zone}`, { subnetId, routeTableId }, options);
  }
  const subnetIds = privates.map(({ id }) => id);
  const rules = { ingress: ingressRules(cidrs.private), egress: egressRules(cidrs.private) };
  new ec2.NetworkAcl("private", { vpcId: vpc.id, subnetIds, ...rules, tags }, options);
  // The layers of an image in ECR come from S3: this way they cost no NAT.
  const s3 = { serviceName: `com.amazonaws.${region}.s3`, vpcEndpointType: "Gateway" };
  const routeTableIds = tables.map(({ id }) => id);
  new ec2.VpcEndpoint("s3", { vpcId: vpc.id, ...s3, routeTableIds, tags }, options);
  return { vpcId: vpc.id, subnetIds, cidrBlocks: cidrs.private };
}

/** A NAT gateway in each of these subnets, which become public by it. */
function waysOut({ tags, options }: Ground, vpc: ec2.Vpc, subnets: readonly ec2.Subnet[]): ec2.NatGateway[] {
  const gateway = new ec2.InternetGateway("gateway", { vpcId: vpc.id, tags }, options);
  const routes = [{ cidrBlock: ANYWHERE, gatewayId: gateway.id }];
  const table = new ec2.RouteTable("public", { vpcId: vpc.id, routes, tags }, options);
  return subnets.map(({ id: subnetId }, zone) => {
    new ec2.RouteTableAssociation(`public-${zone}`, { subnetId, routeTableId: table.id }, options);
    const address = new ec2.Eip(`nat-${zone}`, { domain: "vpc", tags }, options);
    const nat = { allocationId: address.id, subnetId, tags };
    return new ec2.NatGateway(`nat-${zone}`, nat, { ...options, dependsOn: [gateway] });
  });
}

/** Two quarters of the VPC for assistants, and the first addresses of the other two for the ways out. */
export function subnetCidrs(vpcCidr: string): Record<"private" | "public", [string, string]> {
  const [address, prefix] = ipaddr.IPv4.parseCIDR(vpcCidr);
  if (prefix < 16 || prefix > 24) throw new Error(`vpcCidr ${vpcCidr} must be a /16 to a /24.`);
  const start = address.octets.reduce((number, octet) => number * 256 + octet, 0);
  const quarter = 2 ** (32 - prefix - 2);
  const at = (index: number, length: number) => {
    const base = start + index * quarter;
    const octets = [24, 16, 8, 0].map((shift) => (base >>> shift) & 255);
    return `${octets.join(".")}/${length}`;
  };
  return { private: [at(0, prefix + 2), at(1, prefix + 2)], public: [at(2, 28), at(3, 28)] };
}

/**
 * What leaves the private subnets: files to the other zone's mount target, HTTPS to everything that is not denied.
 * Addresses of the resolver and of the task itself (169.254.170.2) pass no ACL; hence no task role.
 */
export function egressRules(privateCidrs: readonly string[]) {
  return numbered([
    ...privateCidrs.map((cidrBlock) => rule("allow", cidrBlock, NFS_PORT)),
    // The answers of a mount target to the other zone's assistants.
    ...privateCidrs.map((cidrBlock) => rule("allow", cidrBlock, 1024, 65_535)),
    ...DENIED.map((cidrBlock) => ({ ...rule("deny", cidrBlock, 0), protocol: "-1" })),
    rule("allow", ANYWHERE, 443),
  ]);
}

/** What enters them: files from the other zone, and answers. */
function ingressRules(privateCidrs: readonly string[]) {
  return numbered([
    ...privateCidrs.map((cidrBlock) => rule("allow", cidrBlock, NFS_PORT)),
    rule("allow", ANYWHERE, 1024, 65_535),
  ]);
}

function rule(action: "allow" | "deny", cidrBlock: string, fromPort: number, toPort = fromPort) {
  return { action, cidrBlock, fromPort, toPort, protocol: "tcp" };
}

function numbered<Rule>(rules: readonly Rule[]): (Rule & { ruleNo: number })[] {
  return rules.map((one, index) => ({ ...one, ruleNo: (index + 1) * 10 }));
}
