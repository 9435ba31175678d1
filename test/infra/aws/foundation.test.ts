// The foundation's stack, with Pulumi's mocks: what is declared. That AWS makes it so was not tested here.
import ipaddr from "ipaddr.js";
import { beforeAll, describe, expect, it } from "vitest";
import { foundation } from "../../../infra/aws/foundation/foundation.ts";
import { DENIED, egressRules, subnetCidrs } from "../../../infra/aws/foundation/network.ts";
import { type Run, runWithMocks } from "../../support/pulumi-mocks.ts";

const STACK = "eu-central-1";
const ARN = "arn:aws:mock:eu-central-1:123456789012";

function up(config: Record<string, string> = {}): Promise<Run> {
  const given = { region: "eu-central-1", ...config };
  return runWithMocks(foundation, { project: "berth-foundation", stack: STACK, config: given });
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | string[];
  readonly Resource: string;
  readonly Condition?: object;
}
const statements = (policy: string): Statement[] => JSON.parse(policy).Statement;

let run: Run;
beforeAll(async () => {
  run = await up();
});

describe("in China and for the US government, with Pulumi's mocks", () => {
  it.each([
    ["cn-northwest-1", "aws-cn", "logs.cn-northwest-1.amazonaws.com.cn"],
    ["us-gov-east-1", "aws-us-gov", "logs.us-gov-east-1.amazonaws.com"],
  ])("in %s everything that is named is of %s", async (region, partition, logs) => {
    const there = await up({ region, ecrRepository: "openclaw" });
    const named = JSON.stringify(there.resources).matchAll(/arn:(aws[a-z-]*):(?!mock)/g);
    expect(new Set([...named].map(([, one]) => one))).toEqual(new Set([partition]));
    const key = statements(there.only("aws:kms/key:Key").inputs.policy);
    expect(key.find(({ Sid }) => Sid === "LogGroup")?.Principal).toEqual({ Service: logs });
    const [, ofSecrets] = statements(there.only("aws:iam/rolePolicy:RolePolicy").inputs.policy);
    expect(JSON.stringify(ofSecrets)).toContain(`secretsmanager.${region}.amazonaws.com`);
  });
});

describe("the execution role, with Pulumi's mocks", () => {
  const policy = () => statements(run.only("aws:iam/rolePolicy:RolePolicy").inputs.policy);

  it("may read the secrets of assistants, decrypt them and write their log, and nothing else", () => {
    expect(policy()).toEqual([
      {
        Sid: "Secrets",
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:berth/*",
      },
      {
        Sid: "KeyOfSecrets",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: `${ARN}:key-of-${STACK}`,
        Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" } },
      },
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `${ARN}:logs-of-${STACK}:log-stream:*`,
      },
    ]);
  });

  it("is for ECS's tasks of this account alone, and has no policy but its own", () => {
    const { inputs } = run.only("aws:iam/role:Role");
    expect(statements(inputs.assumeRolePolicy)).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "ecs-tasks.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);
    const attached = run.resources.filter(({ type }) => /PolicyAttachment/.test(type));
    expect(attached).toEqual([]);
    expect(inputs.managedPolicyArns).toBeUndefined();
  });

  it("may pull from one repository when there is one, with a login that AWS scopes no closer", async () => {
    const withImage = await up({ ecrRepository: "openclaw" });
    const added = statements(withImage.only("aws:iam/rolePolicy:RolePolicy").inputs.policy).slice(3);
    expect(added.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ["ecr:GetAuthorizationToken", "*"],
      [
        ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        "arn:aws:ecr:eu-central-1:123456789012:repository/openclaw",
      ],
    ]);
  });
});

describe("the file system, with Pulumi's mocks", () => {
  it("is encrypted with the foundation's key, backed up daily and protected from removal", () => {
    expect(run.only("aws:efs/fileSystem:FileSystem").inputs).toMatchObject({
      encrypted: true,
      kmsKeyId: `${ARN}:key-of-${STACK}`,
    });
    expect(run.only("aws:efs/backupPolicy:BackupPolicy").inputs.backupPolicy).toEqual({ status: "ENABLED" });
    expect(run.only("aws:efs/fileSystem:FileSystem").isProtected).toBe(true);
  });

  it("is mounted through an access point only, encrypted, and as root by the eraser alone", () => {
    const policy = statements(run.only("aws:efs/fileSystemPolicy:FileSystemPolicy").inputs.policy);
    const allowed = policy.filter(({ Effect }) => Effect === "Allow");
    expect(allowed.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [
        ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        {
          Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
          Null: { "elasticfilesystem:AccessPointArn": "false" },
        },
      ],
      [
        "elasticfilesystem:ClientRootAccess",
        {
          Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
          StringEquals: { "elasticfilesystem:AccessPointArn": `${ARN}:eraser-of-${STACK}` },
        },
      ],
    ]);
    expect(policy.filter(({ Effect }) => Effect === "Deny")).toEqual([
      expect.objectContaining({ Action: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    ]);
  });

  it("takes files' traffic from the assistants' subnets, and starts none", () => {
    const { inputs } = run.only("aws:ec2/securityGroup:SecurityGroup", "state");
    expect(inputs.ingress).toEqual([
      expect.objectContaining({
        fromPort: 2049,
        toPort: 2049,
        cidrBlocks: ["10.42.0.0/18", "10.42.64.0/18"],
      }),
    ]);
    expect(inputs.egress).toEqual([]);
    expect(run.resources.filter(({ type }) => type === "aws:efs/mountTarget:MountTarget")).toHaveLength(2);
  });
});

describe("the network, with Pulumi's mocks", () => {
  /** What the ACL does with a packet to that address and port: the first rule that matches, else refusal. */
  function verdict(address: string, port: number): string {
    const rules = egressRules(subnetCidrs("10.42.0.0/16").private);
    const match = rules.find(
      ({ cidrBlock, fromPort, toPort, protocol }) =>
        ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(cidrBlock)) &&
        (protocol === "-1" || (fromPort <= port && port <= toPort)),
    );
    return match?.action ?? "deny";
  }

  it("leads to public HTTPS, and to no private, shared, link-local or metadata address", () => {
    expect(verdict("149.154.167.220", 443)).toBe("allow");
    for (const address of ["169.254.169.254", "169.254.170.2", "10.0.0.1", "10.42.128.5", "172.16.0.1"]) {
      expect([address, verdict(address, 443), verdict(address, 80)]).toEqual([address, "deny", "deny"]);
    }
    expect([verdict("192.168.1.1", 443), verdict("100.64.0.1", 443)]).toEqual(["deny", "deny"]);
    expect([verdict("149.154.167.220", 25), verdict("149.154.167.220", 22)]).toEqual(["deny", "deny"]);
  });

  it("leads to the mount targets", () => {
    expect([verdict("10.42.0.10", 2049), verdict("10.42.64.10", 2049)]).toEqual(["allow", "allow"]);
  });

  it("has those rules on both private subnets, lowest number first", () => {
    const { inputs } = run.only("aws:ec2/networkAcl:NetworkAcl");
    expect(inputs.subnetIds).toEqual([`private-0-of-${STACK}`, `private-1-of-${STACK}`]);
    const { egress } = inputs;
    expect(egress).toEqual(egressRules(subnetCidrs("10.42.0.0/16").private));
    const numbers = egress.map(({ ruleNo }: { ruleNo: number }) => ruleNo);
    expect(numbers).toEqual(numbers.toSorted((a: number, b: number) => a - b));
    expect(egress.filter(({ action }: { action: string }) => action === "deny")).toHaveLength(DENIED.length);
  });

  it("spans two zones with subnets that don't overlap, behind one NAT gateway, or one per zone", async () => {
    const subnets = (of: Run) => of.resources.filter(({ type }) => type === "aws:ec2/subnet:Subnet");
    expect(subnets(run).map(({ name, inputs }) => [name, inputs.cidrBlock, inputs.availabilityZone])).toEqual(
      [
        ["private-0", "10.42.0.0/18", "eu-central-1a"],
        ["private-1", "10.42.64.0/18", "eu-central-1b"],
        ["public-0", "10.42.128.0/28", "eu-central-1a"],
      ],
    );
    const ways = (of: Run) => of.resources.filter(({ type }) => type === "aws:ec2/natGateway:NatGateway");
    expect(ways(run)).toHaveLength(1);
    const both = await up({ natPerZone: "true" });
    expect(ways(both)).toHaveLength(2);
    expect(subnets(both)).toHaveLength(4);
  });

  it("is not made where one is given, and its subnets are asked for before anything is made", async () => {
    const given = await up({ vpcId: "vpc-9", subnetIds: '["subnet-1","subnet-2"]' });
    expect(given.resources.filter(({ type }) => /vpc|subnet|nat|Acl/i.test(type))).toEqual([]);
    expect(given.calls.filter(({ token }) => /getSubnet/.test(token)).map(({ inputs }) => inputs)).toEqual([
      { id: "subnet-1", vpcId: "vpc-9" },
      { id: "subnet-2", vpcId: "vpc-9" },
    ]);
    expect(given.outputs).toMatchObject({ vpcId: "vpc-9", subnetIds: ["subnet-1", "subnet-2"] });
    await expect(up({ vpcId: "vpc-9" })).rejects.toThrow("vpcId and subnetIds belong together");
  });

  it("refuses ranges too small or too large to be cut", () => {
    expect(subnetCidrs("10.50.0.0/24")).toEqual({
      private: ["10.50.0.0/26", "10.50.0.64/26"],
      public: ["10.50.0.128/28", "10.50.0.192/28"],
    });
    expect(() => subnetCidrs("10.0.0.0/8")).toThrow("must be a /16 to a /24");
  });
});

describe("the rest of the foundation, with Pulumi's mocks", () => {
  it("encrypts the log, keeps it for 30 days, and lets CloudWatch use the key for it alone", () => {
    expect(run.only("aws:cloudwatch/logGroup:LogGroup").inputs).toMatchObject({
      name: "/berth/assistants",
      retentionInDays: 30,
      kmsKeyId: `${ARN}:key-of-${STACK}`,
    });
    const [, ofLogs] = statements(run.only("aws:kms/key:Key").inputs.policy);
    expect(ofLogs).toMatchObject({
      Principal: { Service: "logs.eu-central-1.amazonaws.com" },
      Condition: {
        ArnEquals: {
          "kms:EncryptionContext:aws:logs:arn":
            "arn:aws:logs:eu-central-1:123456789012:log-group:/berth/assistants",
        },
      },
    });
  });

  it("erases by a hardened task without a role, which sees the deployments' directories and nothing above", () => {
    const { inputs } = run.only("aws:ecs/taskDefinition:TaskDefinition", "eraser");
    expect(inputs.taskRoleArn).toBeUndefined();
    const [container, ...others] = JSON.parse(inputs.containerDefinitions);
    expect(others).toEqual([]);
    expect(container).toMatchObject({
      name: "eraser",
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ["ALL"] } },
      mountPoints: [{ containerPath: "/state", sourceVolume: "state" }],
    });
    expect(run.only("aws:efs/accessPoint:AccessPoint").inputs.rootDirectory.path).toBe("/berth");
    expect(run.only("aws:ec2/securityGroup:SecurityGroup", "eraser").inputs.ingress).toEqual([]);
  });

  it("carries states by a bucket that is private, encrypted with its key and by TLS, and empty a day later", () => {
    const only = (kind: string) =>
      run.only(`aws:s3/${kind[0]?.toLowerCase()}${kind.slice(1)}:${kind}`).inputs;
    expect(only("Bucket")).toMatchObject({ bucket: "berth-transfer-123456789012-eu-central-1" });
    expect(only("BucketPublicAccessBlock")).toMatchObject({
      bucket: `transfer-of-${STACK}`,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(only("BucketServerSideEncryptionConfiguration").rules).toEqual([
      {
        applyServerSideEncryptionByDefault: {
          sseAlgorithm: "aws:kms",
          kmsMasterKeyId: `${ARN}:key-of-${STACK}`,
        },
        bucketKeyEnabled: true,
      },
    ]);
    expect(only("BucketLifecycleConfiguration").rules).toMatchObject([
      { status: "Enabled", filter: { prefix: "" }, expiration: { days: 1 } },
    ]);
    expect(statements(only("BucketPolicy").policy)).toEqual([
      {
        Sid: "Encrypted",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`${ARN}:transfer-of-${STACK}`, `${ARN}:transfer-of-${STACK}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
    expect(
      run.resources.filter(({ type }) => /Versioning|Website|Acl$/.test(type) && /s3/.test(type)),
    ).toEqual([]);
  });

  it("can be there twice in one region, under two names", async () => {
    const second = await up({ name: "second" });
    const names = (of: Run) =>
      of.resources.flatMap(
        ({ inputs, type }) =>
          inputs.name ??
          inputs.family ??
          inputs.creationToken ??
          (/:Bucket$/.test(type) ? inputs.bucket : []),
      );
    expect(names(second).filter((name) => names(run).includes(name))).toEqual([]);
    expect(names(second).length).toBeGreaterThan(5);
  });

  it("hands the deployments' stacks everything they ask for", () => {
    expect(run.outputs).toEqual({
      region: "eu-central-1",
      accountId: "123456789012",
      vpcId: `vpc-of-${STACK}`,
      subnetIds: [`private-0-of-${STACK}`, `private-1-of-${STACK}`],
      clusterArn: `${ARN}:cluster-of-${STACK}`,
      fileSystemId: `state-of-${STACK}`,
      fileSystemSecurityGroupId: `state-of-${STACK}`,
      logGroupName: "/berth/assistants",
      executionRoleArn: `${ARN}:execution-of-${STACK}`,
      kmsKeyArn: `${ARN}:key-of-${STACK}`,
      eraserTaskFamily: "berth-eraser",
      eraserSecurityGroupId: `eraser-of-${STACK}`,
      transfer: {
        bucket: `transfer-of-${STACK}`,
        image: "public.ecr.aws/docker/library/node:24-bookworm-slim",
      },
    });
  });
});
