// Servers of customers' own in the API: set, shown, changed and listed; which addresses are taken is tested in stacks.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ACTIVATION, newBotToken, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { ModelApi } from "../support/model-api.ts";
import { carryOut, reported } from "../support/settled.ts";

const KEY = "gsk_customers-own-0123456789";
const GROQ = "https://api.groq.com/openai/v1";
const COMPATIBLE = { modelProvider: "openai-compatible", modelId: "openai/gpt-oss-120b", modelApiKey: KEY };

const server = new ModelApi();
/** What names resolve to. */
let addresses: readonly string[];
let own: string;
let berth: TestBerth;
beforeAll(async () => {
  own = `${(await server.open()).openai}/v1`;
  berth = await startTestBerth(
    95,
    {
      BERTH_ROLE: "api",
      BERTH_ANTHROPIC_API_KEY: "sk-ant-operators-0123456789",
      BERTH_PRIVATE_MODEL_HOSTS: "127.0.0.1",
    },
    undefined,
    { resolve: async () => addresses },
  );
});
beforeEach(() => {
  addresses = ["93.184.215.14"];
  server.asked.length = 0;
  server.answers = { "/v1/models": { status: 200, body: { data: [{ id: "qwen3:32b" }] } } };
});
afterAll(async () => {
  await berth?.close();
  server.close();
});

const activate = (id: string, settings: object) =>
  berth.call("POST", `${id}/activate`, { ...ACTIVATION, telegramBotToken: newBotToken(), ...settings });

async function active(settings: object): Promise<string> {
  const id = await paidSlot(berth);
  const { status, body } = await activate(id, settings);
  expect([status, body.error]).toEqual([202, undefined]);
  const outputs = reported(id, null);
  await carryOut(berth.installation.sql, String(body.data?.operationId), { state: "succeeded", outputs });
  return id;
}

it("is set with its address, and shown with it", async () => {
  const id = await active({ ...COMPATIBLE, baseUrl: ` ${GROQ}/ ` });
  const shown = { modelProvider: "openai-compatible", baseUrl: GROQ, modelId: "openai/gpt-oss-120b" };
  expect((await berth.call("GET", id)).body.data).toMatchObject(shown);
  const { body } = await berth.call("GET", "/api/v1/assistants");
  expect(body.data).toEqual(expect.arrayContaining([expect.objectContaining(shown)]));
  const claude = await active({});
  expect((await berth.call("GET", claude)).body.data).toMatchObject({ baseUrl: null });
});

it.each([
  [{ ...COMPATIBLE }, "baseUrl", /required/],
  [{ baseUrl: GROQ }, "baseUrl", /openai-compatible alone/],
  [{ ...COMPATIBLE, baseUrl: `${GROQ}/chat/completions` }, "baseUrl", /in front of/],
  [{ ...COMPATIBLE, baseUrl: "http://api.groq.com/openai/v1" }, "baseUrl", /https/],
  [{ ...COMPATIBLE, baseUrl: "https://user:word@api.groq.com/v1" }, "baseUrl", /user name/],
  [{ ...COMPATIBLE, baseUrl: "https://169.254.169.254/v1" }, "baseUrl", /private/],
  [{ ...COMPATIBLE, baseUrl: "https://2130706434/v1" }, "baseUrl", /private/],
])("activate refuses %o by the field %s", async (settings, field, message) => {
  addresses = ["93.184.215.14"];
  const { status, body } = await activate(await paidSlot(berth), settings);
  expect([status, body.error?.code]).toEqual([400, "INVALID_REQUEST"]);
  expect(body.error?.details).toEqual([{ field, message: expect.stringMatching(message) }]);
});

it("a name that resolves to a private address is refused, at activate and at PATCH", async () => {
  const id = await active({ ...COMPATIBLE, baseUrl: GROQ });
  addresses = ["93.184.215.14", "10.0.0.1"];
  const wanted = { ...COMPATIBLE, baseUrl: "https://inside.example.com/v1" };
  const details = [{ field: "baseUrl", message: expect.stringMatching(/resolves to public/) }];
  const answers = [await activate(await paidSlot(berth), wanted), await berth.call("PATCH", id, wanted)];
  for (const { status, body } of answers) expect([status, body.error?.details]).toEqual([400, details]);
  expect((await berth.call("GET", id)).body.data).toMatchObject({ baseUrl: GROQ });
});

it("PATCH keeps provider and address together, and sends no stored key to another server", async () => {
  const id = await active({});
  const patch = (body: object) => berth.call("PATCH", id, body);
  expect((await patch({ baseUrl: GROQ })).status).toBe(400);
  expect((await patch({ modelProvider: "openai-compatible", baseUrl: GROQ })).body.error?.details).toEqual([
    { field: "modelApiKey", message: expect.stringMatching(/another server/) },
  ]);
  expect((await patch({ ...COMPATIBLE, baseUrl: GROQ })).body.data).toMatchObject({ baseUrl: GROQ });
  expect((await patch({ baseUrl: own })).status).toBe(400);
  expect((await patch({ baseUrl: own, modelApiKey: KEY })).body.data).toMatchObject({ baseUrl: own });
  expect((await patch({ modelId: "qwen3:32b" })).body.data).toMatchObject({ baseUrl: own });
  expect((await patch({ modelProvider: "xai" })).body.error?.details).toEqual([
    { field: "modelApiKey", message: expect.stringMatching(/stored key is for openai-compatible/) },
  ]);
  expect((await patch({ modelProvider: "xai", modelApiKey: "xai-0123456789" })).body.data).toMatchObject({
    modelProvider: "xai",
    baseUrl: null,
  });
});

it("is none for a slot that uses the operator's keys", async () => {
  const { status, body } = await activate(await paidSlot(berth, "managed"), {
    ...COMPATIBLE,
    baseUrl: GROQ,
    modelApiKey: undefined,
  });
  expect(status).toBe(400);
  expect(body.error?.message).toMatch(/key of the customer's own.*apiMode byok alone/);
  expect(body.error?.details).toMatchObject([{ field: "modelProvider" }]);
});

it("lists its models: by a deployment with its key, by its address without one", async () => {
  const models = (query: string) => berth.call("GET", `/api/v1/models?provider=openai-compatible${query}`);
  const id = await active({ ...COMPATIBLE, baseUrl: own });
  const listed = { provider: "openai-compatible", id: "qwen3:32b", name: "qwen3:32b" };
  const data = [{ ...listed, inputUsdPerMillion: null, outputUsdPerMillion: null }];
  expect((await models(`&deployment=${id}`)).body.data).toEqual(data);
  expect(server.asked.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`);
  expect((await models(`&baseUrl=${encodeURIComponent(own)}`)).body.data).toEqual(data);
  expect(server.asked.at(-1)?.headers.authorization).toBeUndefined();
  expect(server.asked).toHaveLength(2);

  expect((await models("")).body.error?.details).toMatchObject([{ field: "baseUrl" }]);
  expect((await models(`&deployment=${id}&baseUrl=${encodeURIComponent(GROQ)}`)).status).toBe(400);
  expect((await models(`&baseUrl=${encodeURIComponent("http://169.254.169.254/latest")}`)).status).toBe(400);
  const other = await berth.call("GET", `/api/v1/models?provider=xai&baseUrl=${encodeURIComponent(own)}`);
  expect(other.status).toBe(400);
  expect(server.asked).toHaveLength(2);
});

it("that leads elsewhere, or answers something else, is UNAVAILABLE, and nothing of it is shown", async () => {
  const elsewhere = `${own.replace("/v1", "")}/v2`;
  for (const given of [
    { status: 302, body: "secret" },
    { status: 200, body: { secret: "AKIA" } },
  ]) {
    server.answers = { "/v2/models": given };
    const url = encodeURIComponent(elsewhere);
    const { status, body } = await berth.call(
      "GET",
      `/api/v1/models?provider=openai-compatible&baseUrl=${url}`,
    );
    expect([status, body.error?.code]).toEqual([503, "UNAVAILABLE"]);
    expect(JSON.stringify(body)).not.toMatch(/secret|AKIA/);
  }
  expect(server.asked.map(({ path }) => path)).toEqual(["/v2/models", "/v2/models"]);
});
