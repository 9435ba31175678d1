// Which user and which filter of system calls a container gets, and what stays as it is until a redeploy. The engine is made up.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { seccompOption } from "../../../infra/docker/seccomp/option.ts";
import { open } from "../../../infra/docker/target.ts";
import type { DeploymentFacts } from "../../../infra/target.ts";
import { FakePlugin } from "../../support/plugin.ts";

const ID = "01940000-0000-7000-8000-000000000001";
const HARDENED = ["no-new-privileges"];
const OWN = { user: "2100020000:2100020000", options: [...HARDENED, seccompOption()] };
const OLD = { user: "1000:1000", options: HARDENED };

const plugin = new FakePlugin();
const dataDir = mkdtempSync(join(tmpdir(), "berth-confinement-"));
let engine: string[];
let container: typeof OWN | undefined;
const server = createServer((request, response) => {
  const answers: Record<string, unknown> = {
    "/info": { SecurityOptions: engine },
    [`/containers/berth-${ID}/json`]: container && {
      State: { Running: true },
      Image: "sha256:1",
      Mounts: [],
      Config: { User: container.user, Labels: { "berth.started-with": "v1" } },
      HostConfig: { SecurityOpt: container.options },
    },
  };
  const answer = answers[(request.url ?? "").replace(/^\/v[\d.]+/, "").replace(/\?.*/, "")];
  response.statusCode = answer === undefined ? 404 : 200;
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(answer ?? { message: "nothing" }));
});

beforeAll(async () => {
  await plugin.open();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("DOCKER_HOST", `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
  plugin.close();
  rmSync(dataDir, { recursive: true });
});
beforeEach(() => {
  engine = ["name=seccomp,profile=default", "name=cgroupns"];
  container = undefined;
});

it("a new container has a user and a filter of its own, as far as the engine can have them", async () => {
  expect(await configFor("activate")).toMatchObject({ uid: "2100020000", seccomp: "own" });
  engine = ["name=apparmor"];
  expect(await configFor("activate")).not.toHaveProperty("seccomp");
  for (const mapped of ["name=userns", "name=rootless"]) {
    engine = ["name=seccomp,profile=builtin", mapped];
    expect(await configFor("activate")).toMatchObject({ uid: "20000", seccomp: "own" });
  }
});

it("one of a version before takes a change while it runs, and goes over with a redeploy", async () => {
  container = OLD;
  const changed = await configFor("patch");
  expect([changed.uid, changed.seccomp, changed.startedWith]).toEqual([undefined, undefined, "v1"]);
  expect(await open().isInTheWay(ID, changed)).toBe(false);
  const redeployed = await configFor("redeploy");
  expect(redeployed).toMatchObject({ uid: "2100020000", seccomp: "own" });
  expect(redeployed.startedWith).not.toBe("v1");
  expect(await open().isInTheWay(ID, redeployed)).toBe(true);
  expect(await open().isInTheWay(ID, { ...redeployed, startedWith: "v1" })).toBe(true);
});

it("one that has both is left running by a redeploy", async () => {
  container = OWN;
  const config = await configFor("redeploy");
  expect(config).toMatchObject({ uid: "2100020000", seccomp: "own", startedWith: "v1" });
  expect(await open().isInTheWay(ID, config)).toBe(false);
});

it.each([
  ["another place", { ...OWN, user: "2100020001:2100020001" }],
  ["no filter", { ...OWN, options: HARDENED }],
  ["root", { ...OWN, user: "" }],
])("one with %s is made anew by a redeploy", async (_what, found) => {
  container = found;
  const config = await configFor("redeploy");
  expect(config).toMatchObject({ uid: "2100020000", seccomp: "own" });
  expect(await open().isInTheWay(ID, { ...config, startedWith: "v1" })).toBe(true);
});

function configFor(kind: "activate" | "patch" | "redeploy"): Promise<Record<string, string>> {
  const facts: DeploymentFacts = {
    dataDir,
    deploymentId: ID,
    address: { hostPort: 20_000, subnet: "10.213.0.0/28" },
    volume: undefined,
    operationId: null,
    runtime: undefined,
    gatewayToken: () => "g",
    reveal: () => ({
      assistant: { modelProvider: "anthropic", modelId: "m", modelFacts: undefined, allowFrom: [] },
      secrets: { modelProvider: "anthropic", modelApiKey: "k", telegramBotToken: "1:x", gatewayToken: "g" },
    }),
    findPlugin: async () => ({ endpoint: plugin.url, gatewayToken: plugin.token }),
    fingerprint: () => "f1",
  };
  const isHealing = kind === "redeploy";
  return open().stackConfig(facts, { replicas: 1, image: "sha256:1", isHealing, isRestoring: false });
}
