// Settings of the target aws: a bad one stops the start before anything is created, and says what to do.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { aws } from "../../../api/commands/aws.ts";
import { readConfig } from "../../../api/config/config.ts";
import { startBerth } from "../../../api/server.ts";
import { readFoundation } from "../../../infra/aws/read-foundation.ts";
import { testEnvironment, testTools } from "../../support/berth.ts";
import { putEmptyDatabase } from "../../support/empty-database.ts";
import { FOUNDATION } from "../../support/foundation.ts";

const SLICE = 55;
const AWS = {
  BERTH_TARGET: "aws",
  BERTH_AWS_REGION: "eu-central-1",
  BERTH_MEMORY_MIB: "2048",
  BERTH_CPUS: "1",
};
const read = (change: Record<string, string> = {}) => readConfig({ ...AWS, ...change });

it("need a region, and nothing else: the foundation's stack is named like it, the size is legal", () => {
  const config = readConfig({ BERTH_TARGET: "aws", BERTH_AWS_REGION: "eu-central-1" });
  expect(config.aws).toEqual([{ target: "aws", region: "eu-central-1", foundation: "eu-central-1" }]);
  expect(config.stacks).toMatchObject({
    target: "aws",
    cpus: 1,
    memoryMib: 2048,
    startupTimeoutSeconds: 900,
  });
  expect(() => read({ BERTH_AWS_REGION: "" })).toThrow("BERTH_AWS_REGION: is needed with BERTH_TARGET=aws");
  expect(() => read({ BERTH_AWS_REGION: "frankfurt" })).toThrow("must be a region of AWS, e.g. eu-central-1");
});

it("name a size that Fargate has", () => {
  expect(read({ BERTH_CPUS: "2", BERTH_MEMORY_MIB: "4096" }).stacks).toMatchObject({ cpus: 2 });
  expect(() => read({ BERTH_MEMORY_MIB: "1024" })).toThrow(
    /BERTH_MEMORY_MIB: Fargate has no size of 1 vCPU with 1024 MiB; with 1 vCPU it has 2048, 3072/,
  );
  expect(() => read({ BERTH_CPUS: "3" })).toThrow("Fargate has no size of 3 vCPU; it has 0.25, 0.5, 1, 2");
});

it("name a stack, or give the ids of what is there already", () => {
  expect(read({ BERTH_AWS_FOUNDATION: "shared" }).aws[0]?.foundation).toBe("shared");
  expect(read({ BERTH_AWS_FOUNDATION: JSON.stringify(FOUNDATION) }).aws[0]?.foundation).toEqual(FOUNDATION);
  expect(() => read({ BERTH_AWS_FOUNDATION: "under_score" })).toThrow("must be the name of a stack");
  expect(() => read({ BERTH_AWS_FOUNDATION: "{" })).toThrow("begins with { and is not JSON");
  const withBackups = { ...FOUNDATION, transfer: { bucket: "b", image: "node:24" } };
  expect(read({ BERTH_AWS_FOUNDATION: JSON.stringify(withBackups) }).aws[0]?.foundation).toEqual(withBackups);
  const half = JSON.stringify({ ...FOUNDATION, transfer: { bucket: "b" } });
  expect(() => read({ BERTH_AWS_FOUNDATION: half })).toThrow(/missing or wrong: transfer\.image/);
  const { kmsKeyArn: _, ...withoutKey } = { ...FOUNDATION, vpcId: "10.0.0.0" };
  expect(() => read({ BERTH_AWS_FOUNDATION: JSON.stringify(withoutKey) })).toThrow(
    /missing or wrong: vpcId \(.*vpc-.*\), kmsKeyArn/,
  );
  const elsewhere = JSON.stringify({ ...FOUNDATION, region: "us-east-1" });
  expect(() => read({ BERTH_AWS_FOUNDATION: elsewhere })).toThrow("is in us-east-1, and BERTH_AWS_REGION is");
});

it("name several regions, the first that of new slots, each with a foundation of its own", () => {
  const several = { BERTH_AWS_REGION: "eu-central-1, us-east-1" };
  expect(read(several).aws).toEqual([
    { target: "aws", region: "eu-central-1", foundation: "eu-central-1" },
    { target: "aws", region: "us-east-1", foundation: "us-east-1" },
  ]);
  const second = { ...FOUNDATION, region: "us-east-1" };
  const given = { ...several, BERTH_AWS_FOUNDATION: JSON.stringify([second, FOUNDATION]) };
  expect(read(given).aws).toEqual([
    { target: "aws", region: "eu-central-1", foundation: FOUNDATION },
    { target: "aws", region: "us-east-1", foundation: second },
  ]);
  expect(() => read({ ...several, BERTH_AWS_FOUNDATION: "shared" })).toThrow("names one stack for several");
  expect(() => read({ ...several, BERTH_AWS_FOUNDATION: JSON.stringify([second]) })).toThrow(
    "is in us-east-1, and BERTH_AWS_REGION is eu-central-1,us-east-1",
  );
  expect(() => read({ BERTH_AWS_REGION: "eu-central-1,eu-central-1" })).toThrow(
    "must not name a region twice",
  );
});

it("are not asked for on Docker, whose defaults stay", () => {
  expect(readConfig({}).aws).toEqual([]);
  expect(readConfig({}).stacks).toMatchObject({
    target: "docker",
    cpus: 2,
    memoryMib: 2048,
    startupTimeoutSeconds: 300,
  });
});

it("are what the operator's command needs, before it does anything", async () => {
  await expect(aws(readConfig({}), ["up"])).rejects.toThrow(
    "Set BERTH_TARGET=aws and BERTH_AWS_REGION first.",
  );
  await expect(aws(read(), ["upp"])).rejects.toThrow(
    "Which one? npm run -s berth -- aws up|preview|outputs|destroy",
  );
  const given = read({ BERTH_AWS_FOUNDATION: JSON.stringify(FOUNDATION) });
  await expect(aws(given, ["destroy"])).rejects.toThrow("there is no stack to work on");
  await expect(aws(read({ BERTH_AWS_REGION: "eu-central-1,us-east-1" }), ["up"])).rejects.toThrow(
    "One region at a time: BERTH_AWS_REGION=us-east-1 npm run -s berth -- aws up",
  );
});

it("name a foundation that is there, or the start says how to make it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-test-"));
  const environment = { PATH: process.env.PATH ?? "", PULUMI_BACKEND_URL: `file://${folder}` };
  const { pulumi } = testTools();
  await expect(readFoundation("eu-central-1", pulumi.path, environment)).rejects.toThrow(
    /The foundation's stack eu-central-1 can't be read: .*no stack named.* npm run berth -- aws up/,
  );
  rmSync(folder, { recursive: true });
});

it("stop the start when AWS finds no credentials, with what to do", async () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-test-"));
  const nobody = {
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: join(folder, "none"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
  };
  const before = { ...process.env };
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) delete process.env[name];
  Object.assign(process.env, nobody);
  await putEmptyDatabase(join(folder, "data"));
  try {
    const config = readConfig(testEnvironment(SLICE, join(folder, "data"), AWS));
    await expect(startBerth(config, testTools())).rejects.toThrow(
      /no credentials were found\. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID/,
    );
  } finally {
    for (const name of Object.keys(nobody)) delete process.env[name];
    Object.assign(process.env, before);
    rmSync(folder, { recursive: true });
  }
});
