// The way of a request to a model through a whole Berth: what an assistant holds is a token, its real key stays here; usage
// is counted, limits and the operator's switch hold at once. The provider is a fake one.
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resourceName } from "../../infra/args.ts";
import { bridgeAddress } from "../../infra/docker/bridge.ts";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { docker, inside } from "../support/docker.ts";
import { type FakeProvider, json, startFakeProvider } from "../support/gateway/fake-provider.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const OPERATORS_KEY = "sk-ant-operators-own-0123456789";
const PORT = 18_790;
const MESSAGE = { model: ACTIVATION.modelId, max_tokens: 100, messages: [] };

let berth: TestBerth;
let provider: FakeProvider;
let id: string;
let byok: string;
let caPem: string;
beforeAll(async () => {
  provider = await startFakeProvider(
    json({ type: "message", usage: { input_tokens: 1_000, output_tokens: 500 } }),
  );
  const { healthy } = await ensureTinyImages();
  berth = await startTestBerth(91, {
    BERTH_ASSISTANT_IMAGE: healthy,
    BERTH_MODEL_GATEWAY: "all",
    BERTH_ALLOW_SHARED_MODEL_KEYS: "no",
    BERTH_ANTHROPIC_API_KEY: OPERATORS_KEY,
    BERTH_ANTHROPIC_BASE_URL: provider.url,
  });
  id = await unpreparedSlot(berth, "managed");
  byok = await unpreparedSlot(berth);
  const { modelApiKey: _, ...withoutKey } = ACTIVATION;
  await berth.call("POST", `${id}/activate`, {
    ...withoutKey,
    telegramBotToken: ACTIVATION.telegramBotToken,
  });
  await berth.call("POST", `${byok}/activate`, {
    ...ACTIVATION,
    telegramBotToken: ACTIVATION.telegramBotToken,
  });
  await Promise.all([id, byok].map((one) => waitForStatus(berth, one, "active")));
  caPem = inside(id, "cat", "/run/berth/model-gateway-ca.pem");
});
afterAll(async () => {
  await berth?.close();
  await provider?.close();
});

it("the assistant has a token and the CA, its provider's name leads to its own bridge, and the real key is nowhere", async () => {
  for (const one of [id, byok]) {
    expect(await tokenOf(one)).toMatch(/^brm_[\w-]{43}$/);
    const { HostConfig, Config } = await docker.getContainer(resourceName(one)).inspect();
    expect(HostConfig.ExtraHosts).toEqual([`api.anthropic.com:${await bridgeOf(one)}`]);
    expect(Config.Env).toContain("NODE_EXTRA_CA_CERTS=/run/berth/model-gateway-ca.pem");
    const everything = inside(
      one,
      "sh",
      "-c",
      "cat /run/berth/*.json /home/node/.openclaw/openclaw.json; env; cat /proc/[0-9]*/environ",
    );
    expect(everything).toContain(await tokenOf(one));
    for (const secret of [OPERATORS_KEY, ACTIVATION.modelApiKey]) expect(everything).not.toContain(secret);
  }
});

it("a request gets there with the real key, and what it used is counted and reported", async () => {
  const answer = await ask(id);
  expect(answer).toMatchObject({ status: 200, body: { usage: { input_tokens: 1_000 } } });
  expect(provider.received.at(-1)?.request.headers["x-api-key"]).toBe(OPERATORS_KEY);
  expect((await ask(byok)).status).toBe(200);
  expect(provider.received.at(-1)?.request.headers["x-api-key"]).toBe(ACTIVATION.modelApiKey);
  await expect.poll(async () => (await usage(id)).total.requests).toBe(1);
  const { total, rows, present } = await usage(id, "?by=model");
  expect(total).toMatchObject({ requests: 1, input: 1_000, output: 500, tokens: 1_500, unpricedRequests: 0 });
  expect(total.usd).toBeCloseTo(0.0105, 6);
  expect(rows).toMatchObject([{ provider: "anthropic", model: ACTIVATION.modelId, requests: 1 }]);
  expect(present.month).toMatchObject({ tokens: 1_500, limitUsd: 20, limitTokens: null });
  await expect.poll(async () => (await usage("/api/v1", "?by=deployment")).rows).toHaveLength(2);
});

it("what has another's name, another host or no token is refused before the provider sees it", async () => {
  const before = provider.received.length;
  expect((await ask(id, { token: "sk-ant-stolen" })).status).toBe(401);
  expect((await ask(id, { path: "/v1/organizations/usage" })).status).toBe(404);
  expect((await ask(id, { host: "evil.example" })).status).toBeGreaterThanOrEqual(400);
  await expect(ask(id, { servername: "api.example.com" })).rejects.toThrow();
  expect(provider.received).toHaveLength(before);
});

it("a limit that its customer sets holds at once and without a redeploy, is told, and raised again lets it go on", async () => {
  const { body } = await berth.call("PATCH", id, { limits: { month: { tokens: 1_500 } } });
  expect(body.data).toMatchObject({ limits: { month: { tokens: 1_500 } }, status: "active" });
  const refused = await ask(id);
  expect(refused).toMatchObject({
    body: { type: "error", error: { message: expect.stringMatching(/monthly usage limit.*resets on/) } },
  });
  const status = (await berth.call("GET", `${id}/status`)).body.data;
  expect(status).toMatchObject({ status: "active", warning: { cause: { code: "LIMIT_REACHED" } } });
  await berth.call("PATCH", id, { limits: null });
  expect((await ask(id)).status).toBe(200);
  expect((await berth.call("GET", `${id}/status`)).body.data).toMatchObject({ warning: null });
});

it("the operator's switch stops one provider, or all, at once", async () => {
  for (const body of [{ provider: "anthropic" }, {}]) {
    await berth.call("POST", "/api/v1/model-gateway/stop", body);
    expect((await ask(id)).status).toBe(503);
    await berth.call("POST", "/api/v1/model-gateway/resume", body);
    expect((await ask(id)).status).toBe(200);
  }
});

it("a stopped assistant's token is dead, and a redeploy gives it another one", async () => {
  const former = await tokenOf(id);
  await berth.call("POST", `${id}/redeploy`, {});
  await waitForStatus(berth, id, "active");
  expect(await tokenOf(id)).toBe(former);
  await berth.call("POST", `${id}/stop`);
  // Its bridge may be without an address from here on; another's leads to the same gateway.
  await expect.poll(async () => (await ask(byok, { token: former })).status).toBe(403);
  await waitForStatus(berth, id, "stopped");
  await berth.call("POST", `${id}/redeploy`, {});
  await waitForStatus(berth, id, "active");
  expect(await tokenOf(id)).not.toBe(former);
  expect((await ask(byok, { token: former })).status).toBe(401);
  expect((await ask(id)).status).toBe(200);
});

interface Usage {
  readonly total: { readonly requests: number; readonly usd: number };
  readonly rows: readonly unknown[];
  readonly present: { readonly month: unknown };
}

async function usage(of: string, query = ""): Promise<Usage> {
  return (await berth.call("GET", `${of}/usage${query}`)).body.data as unknown as Usage;
}

async function tokenOf(of: string): Promise<string> {
  const { models } = JSON.parse(await readFile(join(berth.dataDir, "secrets", `${of}.json`), "utf8"));
  return models.anthropic;
}

async function bridgeOf(of: string): Promise<string> {
  const { IPAM } = await docker.getNetwork(resourceName(of)).inspect();
  return bridgeAddress(IPAM?.Config?.[0]?.Subnet ?? "");
}

interface Asked {
  readonly token?: string;
  readonly path?: string;
  readonly host?: string;
  readonly servername?: string;
}

/** As its OpenClaw would, from the address of its own bridge. */
async function ask(of: string, { token, path = "/v1/messages", host, servername }: Asked = {}) {
  const name = "api.anthropic.com";
  const key = token ?? (await tokenOf(of));
  const address = await bridgeOf(of);
  return new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const sent = request(
      {
        host: address,
        port: PORT,
        method: "POST",
        path,
        servername: servername ?? name,
        ca: caPem,
        agent: false,
        headers: { host: host ?? name, "x-api-key": key, "content-type": "application/json" },
      },
      async (response) => {
        const body = await text(response);
        resolve({ status: response.statusCode ?? 0, body: body && JSON.parse(body) });
      },
    );
    sent.on("error", reject).end(JSON.stringify(MESSAGE));
  });
}
