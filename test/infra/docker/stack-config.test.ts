// Which container an assistant is to have: one that reaches its provider by the model gateway's names has another one as soon
// as those change, and no other change replaces it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import type { ModelGateway } from "../../../infra/assistant/model-gateway.ts";
import type { ModelProvider } from "../../../infra/assistant/openclaw.ts";
import { pluginVersion } from "../../../infra/assistant/plugin-files.ts";
import { gatewayText, limitsText } from "../../../infra/docker/names.ts";
import { dockerConfig } from "../../../infra/docker/stack-config.ts";
import type { Started } from "../../../infra/docker/started-with.ts";
import type { DeploymentFacts, StackGoal } from "../../../infra/target.ts";

const { started, OWN } = vi.hoisted(() => ({
  started: { now: undefined as Started | undefined },
  OWN: { uid: 2_100_020_000, isFiltered: true },
}));
vi.mock("../../../infra/docker/confinement.ts", () => ({ findConfinement: async () => OWN }));
vi.mock("../../../infra/docker/started-with.ts", () => ({ readStarted: async () => started.now }));
vi.mock("../../../infra/docker/code-cache/find.ts", () => ({ findCodeCache: async () => undefined }));
vi.mock("../../../infra/assistant/plugin-calls.ts", async (original) => ({
  ...(await original<object>()),
  readSettingsState: async () => "in force",
}));

const NAMES = { form: "names" } as const;
const CA = "-----BEGIN CERTIFICATE-----\n";
const dataDir = mkdtempSync(join(tmpdir(), "berth-stack-config-"));
afterAll(() => rmSync(dataDir, { recursive: true }));
beforeEach(() => {
  started.now = undefined;
});

interface Wanted {
  readonly modelGateway?: ModelGateway;
  readonly modelProvider?: ModelProvider;
  readonly modelId?: string;
  readonly gatewayCa?: string | undefined;
  readonly goal?: Partial<StackGoal>;
}

function config({ modelGateway, modelProvider = "anthropic", modelId = "one", goal, ...given }: Wanted) {
  const { gatewayCa } = { gatewayCa: CA, ...given };
  const secrets = { modelProvider, modelApiKey: "brm_1", telegramBotToken: "bot", gatewayToken: "gate" };
  const deployment: DeploymentFacts = {
    dataDir,
    deploymentId: crypto.randomUUID(),
    address: { hostPort: 20_000, subnet: "10.213.0.16/28" },
    volume: undefined,
    operationId: null,
    runtime: undefined,
    gatewayCa,
    gatewayToken: () => "gate",
    gatewayPort: 18_790,
    reveal: () => ({ assistant: { modelProvider, modelId, allowFrom: [], modelGateway }, secrets }),
    findPlugin: async () => ({ endpoint: "http://127.0.0.1:1", gatewayToken: "gate" }),
    fingerprint: (text) => Buffer.from(text).toString("hex").slice(-64),
  };
  const limits = { memoryMib: 2048, cpus: 2 };
  const wanted = { replicas: 1, image: "image", isHealing: false, isRestoring: false, limits } as const;
  return dockerConfig(deployment, { ...wanted, ...goal });
}

/** A container that runs, made from that. */
function runs(modelGateway?: string): void {
  const made = { image: "image", limits: limitsText(2048, 2), plugin: pluginVersion() };
  started.now = { version: "v1", imageId: "sha256:1", codeCache: undefined, modelGateway, ...made, ...OWN };
}

it("names, their certificate and the settings are told to the stack; without a gateway nothing is", async () => {
  const { modelGateway, settings } = await config({ modelGateway: NAMES });
  expect(JSON.parse(modelGateway ?? "")).toEqual({ host: "api.anthropic.com", ca: CA, port: 18_790 });
  expect(JSON.parse(settings ?? "").models.providers.anthropic.baseUrl).toBe("https://api.anthropic.com");
  expect(await config({})).not.toHaveProperty("modelGateway");
  const url = { form: "url", url: "https://models.example.com" } as const;
  expect(await config({ modelGateway: url })).not.toHaveProperty("modelGateway");
});

it("names that nobody has a certificate for are refused", async () => {
  await expect(config({ modelGateway: NAMES, gatewayCa: "" })).rejects.toThrow("no CA");
});

it("another model of the same provider keeps the container that runs, with a gateway and without", async () => {
  runs();
  expect((await config({ modelId: "two" })).startedWith).toBe("v1");
  runs(gatewayText({ host: "api.anthropic.com", ca: CA }));
  expect((await config({ modelGateway: NAMES, modelId: "two" })).startedWith).toBe("v1");
});

it.each([
  ["made before the gateway", undefined, { modelGateway: NAMES }],
  ["of another provider", gatewayText({ host: "api.x.ai", ca: CA }), { modelGateway: NAMES }],
  ["that trusts another CA", gatewayText({ host: "api.anthropic.com", ca: "old" }), { modelGateway: NAMES }],
  ["whose gateway is no longer used", gatewayText({ host: "api.anthropic.com", ca: CA }), {}],
] as const)("a container %s is replaced", async (_what, label, wanted) => {
  runs(label);
  const { startedWith, secretsFingerprint } = await config(wanted);
  expect(startedWith).toBe(secretsFingerprint);
});

const EVERY = { host: "api.anthropic.com", others: ["api.x.ai"], ca: CA };

it("one that waits has the gateway's token alone, and every provider's name leads it to the gateway", async () => {
  const { settings, modelGateway, waiting } = await config({ goal: { isWaiting: true } });
  expect(waiting).toBe("true");
  expect(Object.keys(JSON.parse(settings ?? "")).toSorted()).toEqual([
    "agents",
    "gateway",
    "plugins",
    "secrets",
  ]);
  expect(settings).not.toContain("telegram");
  const { host, others, ca } = JSON.parse(modelGateway ?? "");
  expect({ host, ca }).toEqual({ host: "api.anthropic.com", ca: CA });
  expect(others).toContain("api.x.ai");
  expect(await config({ goal: { isWaiting: true }, gatewayCa: undefined })).not.toHaveProperty(
    "modelGateway",
  );
});

it("one that waited stays for an activation, with any provider, and keeps its names ever after", async () => {
  runs(gatewayText(EVERY));
  const goals = [{ container: "takes over" }, {}] as const;
  for (const goal of goals) {
    const found = await config({ modelGateway: NAMES, modelProvider: "xai", goal });
    expect(found.startedWith).toBe("v1");
    const led = JSON.parse(found.modelGateway ?? "");
    expect(led.others).toContain("api.x.ai");
    expect(led.port).toBe(18_790);
  }
  runs();
  expect((await config({ goal: { container: "takes over" } })).startedWith).toBe("v1");
});

it.each<[what: string, change: Partial<Started>, goal: Partial<StackGoal>]>([
  ["its image is another", { image: "another" }, { container: "takes over" }],
  ["its limits are others", { limits: limitsText(1024, 2) }, { container: "takes over" }],
  ["its plugin is of another version", { plugin: "old" }, { container: "takes over" }],
  ["it is another user", { uid: 1000 }, { container: "takes over" }],
  ["none is to stay", {}, { container: "new" }],
])("one that waited is replaced by an activation where %s", async (_what, change, goal) => {
  runs(gatewayText(EVERY));
  Object.assign(started.now ?? {}, change);
  const found = await config({ modelGateway: NAMES, goal });
  expect(found.startedWith).toBe(found.secretsFingerprint);
  expect(JSON.parse(found.modelGateway ?? "")).toEqual({ host: "api.anthropic.com", ca: CA, port: 18_790 });
});
