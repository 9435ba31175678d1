// The stack of a deployment on Docker, with Pulumi's mocks: which volumes it has, and which of them the assistant gets.
import { expect, it } from "vitest";
import { dataVolumeName, freshVolumeName, isDataVolume } from "../../../infra/docker/names.ts";
import { seccompOption } from "../../../infra/docker/seccomp/option.ts";
import { program } from "../../../infra/program.ts";
import { type Run, runWithMocks } from "../../support/pulumi-mocks.ts";

const ID = "01940000-0000-7000-8000-000000000001";
const FRESH = freshVolumeName(ID);
const VOLUME = "docker:index/volume:Volume";

function up(replicas: 0 | 1, change: Record<string, string> = {}): Promise<Run> {
  const config = {
    target: "docker",
    replicas: String(replicas),
    image: "ghcr.io/openclaw/openclaw:2026.9.6",
    settings: "{}",
    memoryMib: "2048",
    cpus: "1",
    startupTimeoutSeconds: "300",
    hostPort: "20000",
    subnet: "10.213.0.0/29",
    secretsFile: "/data/secrets/one.json",
    secretsFingerprint: "0123",
    ...change,
  };
  return runWithMocks(program, { project: "berth", stack: ID, config });
}

function volumesOf({ resources }: Run): unknown[] {
  return resources.filter(({ type }) => type === VOLUME).map(({ name, inputs }) => [name, inputs.name]);
}

it("no empty volume takes the place of data that is gone, and the outputs say where it was", async () => {
  const run = await up(0, { dataGone: "true" });
  expect(volumesOf(run)).toEqual([]);
  expect(run.outputs).toMatchObject({ status: "stopped", replicas: 0, volume: `berth-${ID}` });
  const restoring = await up(0, { dataGone: "true", incoming: FRESH });
  expect(volumesOf(restoring)).toEqual([[`state-${FRESH.slice(-8)}`, FRESH]]);
});

it("its data is in the volume that it always was in, also by the config of a version before", async () => {
  for (const change of [{}, { volume: `berth-${ID}` }]) {
    const run = await up(0, change);
    expect(volumesOf(run)).toEqual([["state", `berth-${ID}`]]);
    expect(run.outputs).toMatchObject({ volume: `berth-${ID}` });
  }
});

it("while something is restored there is a fresh one beside it, which is not its data yet", async () => {
  const run = await up(0, { volume: `berth-${ID}`, incoming: FRESH });
  expect(volumesOf(run)).toEqual([
    ["state", `berth-${ID}`],
    [`state-${FRESH.slice(-8)}`, FRESH],
  ]);
  expect(run.outputs).toMatchObject({ volume: `berth-${ID}` });
});

it("afterwards that is the one, under the same name in the stack, and the one before is in no stack", async () => {
  const stopped = await up(0, { volume: FRESH });
  expect(volumesOf(stopped)).toEqual([[`state-${FRESH.slice(-8)}`, FRESH]]);
  expect(stopped.outputs).toMatchObject({ volume: FRESH });
  const active = await up(1, { volume: FRESH });
  const mounted = active.only("docker:index/container:Container").inputs.volumes;
  expect(JSON.stringify(mounted)).toContain(`"${FRESH}"`);
  expect(JSON.stringify(mounted)).not.toContain(`"berth-${ID}"`);
});

it("it runs as the user of its config, and by that of a version before as the image's", async () => {
  const containerOf = async (change: Record<string, string>) => {
    const run = await up(1, change);
    const { user, tmpfs } = run.only("docker:index/container:Container").inputs;
    const { stdin } = run.only("command:local:Command", "settings").inputs;
    return { user, cache: tmpfs["/home/node/.cache"], ofSettings: JSON.parse(stdin).uid };
  };
  expect(await containerOf({})).toEqual({
    user: "1000:1000",
    cache: "mode=0700,uid=1000,gid=1000,size=256m",
    ofSettings: undefined,
  });
  expect(await containerOf({ uid: "2100020000" })).toEqual({
    user: "2100020000:2100020000",
    cache: "mode=0700,uid=2100020000,gid=2100020000,size=256m",
    ofSettings: 2_100_020_000,
  });
});

it("it has Berth's filter of system calls where its config says so", async () => {
  const optionsOf = async (change: Record<string, string>) =>
    (await up(1, change)).only("docker:index/container:Container").inputs.securityOpts;
  expect(await optionsOf({})).toEqual(["no-new-privileges"]);
  expect(await optionsOf({ seccomp: "own" })).toEqual(["no-new-privileges", seccompOption()]);
});

it("a provider's name leads to the host's address on the assistant's own bridge, and its certificate is trusted", async () => {
  const modelGateway = { host: "api.anthropic.com", ca: "-----BEGIN CERTIFICATE-----\nMII\n" };
  const run = await up(1, { subnet: "10.213.0.16/28", modelGateway: JSON.stringify(modelGateway) });
  const { inputs } = run.only("docker:index/container:Container");
  expect(inputs.hosts).toEqual([{ host: "api.anthropic.com", ip: "10.213.0.17" }]);
  expect(inputs.envs).toContain("NODE_EXTRA_CA_CERTS=/run/berth/model-gateway-ca.pem");
  const written = run.only("command:local:Command", "settings").inputs;
  expect(JSON.parse(String(written.stdin))).toMatchObject({ gatewayCa: modelGateway.ca });
  expect(JSON.stringify(written.triggers)).toContain("BEGIN CERTIFICATE");
});

it("without a gateway nothing of its container and its settings speaks of one", async () => {
  const run = await up(1);
  const { inputs } = run.only("docker:index/container:Container");
  expect(inputs).not.toHaveProperty("hosts");
  expect(JSON.stringify(inputs)).not.toMatch(/model-gateway|NODE_EXTRA_CA_CERTS/);
  expect(run.only("command:local:Command", "settings").inputs.stdin).not.toContain("gatewayCa");
});

it("no other name is taken for one with its data", () => {
  expect(dataVolumeName(ID, null)).toBe(`berth-${ID}`);
  expect(dataVolumeName(ID, FRESH)).toBe(FRESH);
  expect(freshVolumeName(ID)).not.toBe(FRESH);
  expect([`berth-${ID}`, FRESH].map((name) => isDataVolume(ID, name))).toEqual([true, true]);
  const others = [`berth-${ID}-handed`, `${FRESH}0`, `berth-${ID}0`, `berth-${crypto.randomUUID()}`, "a"];
  expect(others.filter((name) => isDataVolume(ID, name))).toEqual([]);
});
