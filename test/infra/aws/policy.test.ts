// The policy of Berth's own credentials, by reading it: it names every call that Berth makes, and nothing of anybody else.
// That AWS takes it, and that Pulumi's provider needs no more, was not tested here.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { credentialsPolicy } from "../../../infra/aws/policy.ts";
import { FOUNDATION } from "../../support/foundation.ts";

const ECS = fileURLToPath(new URL("../../../infra/aws/", import.meta.url));
/** Prefixes of actions, by the clients of the SDK. STS's one call needs no right. */
const PREFIXES: Readonly<Record<string, string>> = {
  ecs: "ecs",
  ec2: "ec2",
  efs: "elasticfilesystem",
  "secrets-manager": "secretsmanager",
  "cloudwatch-logs": "logs",
  cloudwatch: "cloudwatch",
  s3: "s3",
};
/** Calls whose rights have other names. */
const RIGHTS: Readonly<Record<string, string>> = {
  "s3:ListObjectsV2": "s3:ListBucket",
  "s3:DeleteObjects": "s3:DeleteObject",
};
const WITH_BACKUPS = { ...FOUNDATION, transfer: { bucket: "berth-transfer", image: "node:24" } };
const { Statement: statements } = credentialsPolicy(WITH_BACKUPS, "state");
const resourcesOf = (Resource: string | readonly string[]) => [Resource].flat();

/** The calls in the sources of the target, as IAM spells them. */
function calls(): string[] {
  const sources = readdirSync(ECS, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => readFileSync(join(ECS, name), "utf8"));
  const imports = sources.flatMap((text) => [
    ...[...text.matchAll(/import \{([^}]*)\} from "@aws-sdk\/client-([a-z0-9-]+)"/g)],
    ...[...text.matchAll(/const \{([^}]*)\} = await import\(\s*"@aws-sdk\/client-([a-z0-9-]+)"/g)],
  ]);
  return imports
    .flatMap(([, names = "", client = ""]) =>
      [...names.matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b/g)].flatMap(([, paged, call = paged]) =>
        PREFIXES[client] ? [`${PREFIXES[client]}:${call}`] : [],
      ),
    )
    .map((call) => RIGHTS[call] ?? call);
}

it("allows every call that Berth itself makes", () => {
  const made = new Set(calls());
  expect(made).toContain("ecs:RunTask");
  expect(made).toContain("ecs:ListTasks");
  expect(made).toContain("elasticfilesystem:DescribeAccessPoints");
  expect(made).toContain("ec2:DescribeSubnets");
  expect(made).toContain("s3:PutObject");
  const allowed = new Set(statements.flatMap(({ Action }) => Action));
  expect([...made].filter((call) => !allowed.has(call))).toEqual([]);
});

it("has no wildcard among its actions, and reads no secret", () => {
  const actions = statements.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => action.includes("*"))).toEqual([]);
  expect(actions).not.toContain("secretsmanager:GetSecretValue");
});

it("changes only what is named or tagged as a deployment's, in this account and region", () => {
  const everywhere = statements.filter(({ Resource }) => Resource === "*");
  const unconditional = everywhere.filter(({ Condition }) => !Condition).flatMap(({ Action }) => Action);
  expect(unconditional.filter((action) => !/:(Describe|List|Get)/.test(action))).toEqual([
    "ecs:RegisterTaskDefinition",
    "ecs:DeregisterTaskDefinition",
  ]);
  const others = statements
    .flatMap(({ Resource }) => resourcesOf(Resource))
    .filter(
      (arn) =>
        arn !== "*" &&
        !/^arn:aws:(\w+:eu-central-1:123456789012:|iam::123456789012:|s3:::(state|berth-transfer)(\/\*)?$)/.test(
          arn,
        ),
    );
  expect(others).toEqual([]);
  const wide = statements.filter(({ Resource }) =>
    resourcesOf(Resource).some((arn) => /(security-group|access-point)\/\*$/.test(arn)),
  );
  expect(wide.filter(({ Condition }) => !Condition).map(({ Sid }) => Sid)).toEqual(["LookAtAccessPoints"]);
});

it("passes the execution role to tasks alone, and deletes no access point of the foundation", () => {
  const of = (sid: string) => statements.find(({ Sid }) => Sid === sid);
  expect(of("StartTasksInTheExecutionRole")).toEqual({
    Sid: "StartTasksInTheExecutionRole",
    Effect: "Allow",
    Action: ["iam:PassRole"],
    Resource: FOUNDATION.executionRoleArn,
    Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
  });
  expect(of("AccessPoints")?.Condition).toEqual({ Null: { "aws:ResourceTag/berth:deployment": "false" } });
});

it("starts no task but the eraser and those that carry a state, and opens their bucket only where there is one", () => {
  const started = statements.filter(({ Action }) => Action.includes("ecs:RunTask"));
  expect(started.map(({ Resource }) => Resource)).toEqual([
    "arn:aws:ecs:eu-central-1:123456789012:task-definition/berth-eraser:*",
    "arn:aws:ecs:eu-central-1:123456789012:task-definition/berth-*-transfer:*",
  ]);
  const inCluster = { ArnEquals: { "ecs:cluster": FOUNDATION.clusterArn } };
  expect(started.map(({ Condition }) => Condition)).toEqual([inCluster, inCluster]);
  const of = (sid: string) => statements.find(({ Sid }) => Sid === sid)?.Resource;
  expect(of("EndTransfers")).toBe("arn:aws:ecs:eu-central-1:123456789012:task/berth/*");
  expect(of("Transferred")).toBe("arn:aws:s3:::berth-transfer/*");
  const without = credentialsPolicy(FOUNDATION, "state").Statement.flatMap(({ Action }) => Action);
  expect(without).not.toContain("ecs:StopTask");
});

it("opens the bucket of Pulumi's state only where there is one", () => {
  const sids = credentialsPolicy(WITH_BACKUPS, undefined).Statement.map(({ Sid }) => Sid);
  expect(statements.map(({ Sid }) => Sid)).toEqual([...sids, "ListPulumiState", "PulumiState"]);
});

it("fits into one policy of IAM", () => {
  // IAM counts no white space; a managed policy may have 6,144 characters.
  const transfer = { bucket: "b".repeat(63), image: "" };
  const policy = credentialsPolicy({ ...FOUNDATION, transfer }, "a".repeat(63));
  expect(JSON.stringify(policy).length).toBeLessThan(6_144);
});

it.each([
  ["cn-north-1", "aws-cn", ["amazonaws.com.cn", "amazonaws.com"]],
  ["us-gov-west-1", "aws-us-gov", ["amazonaws.com"]],
])("in %s it speaks of %s, and still fits", (region, partition, suffixes) => {
  const inPartition = JSON.parse(
    JSON.stringify({ ...FOUNDATION, transfer: { bucket: "b".repeat(63), image: "" } })
      .replaceAll("arn:aws:", `arn:${partition}:`)
      .replaceAll("eu-central-1", region),
  );
  const policy = credentialsPolicy(inPartition, "a".repeat(63));
  const arns = policy.Statement.flatMap(({ Resource }) => resourcesOf(Resource)).filter((one) => one !== "*");
  expect(arns.filter((one) => !one.startsWith(`arn:${partition}:`))).toEqual([]);
  for (const [sid, service] of [
    ["KeyOfSecrets", "secretsmanager"],
    ["KeyOfTransferred", "s3"],
  ]) {
    const { Condition } = policy.Statement.find(({ Sid }) => Sid === sid) ?? {};
    const names = suffixes.map((suffix) => `${service}.${region}.${suffix}`);
    expect([Condition?.StringEquals?.["kms:ViaService"]].flat()).toEqual(names);
  }
  expect(JSON.stringify(policy).length).toBeLessThan(6_144);
});
