// The models that a key can use, from stand-ins of the providers that answer as their documentation says.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { sealColumn } from "../../stacks/deployments/secret-columns.ts";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { ModelApi } from "../support/model-api.ts";

const KEY = "sk-operators-own-0123456789";
const providers = new ModelApi();
let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(
    93,
    { BERTH_ROLE: "api", BERTH_ANTHROPIC_API_KEY: KEY, BERTH_GEMINI_API_KEY: KEY, BERTH_XAI_API_KEY: KEY },
    undefined,
    { modelApis: await providers.open() },
  );
});
beforeEach(() => {
  providers.asked.length = 0;
});
afterAll(async () => {
  await berth?.close();
  providers.close();
});

const models = (query: string) => berth.call("GET", `/api/v1/models?${query}`);

it("are listed with their prices, and read once for many who ask", async () => {
  const data = [
    { id: "claude-sonnet-4-5-20250929", display_name: "Claude Sonnet 4.5", type: "model" },
    { id: "claude-unheard-of-9" },
  ];
  providers.answers = { "/v1/models?limit=1000": { status: 200, body: { data, has_more: false } } };
  const answers = await Promise.all([1, 2, 3].map(() => models("provider=anthropic")));
  for (const { status, body } of answers) {
    expect(status).toBe(200);
    expect(body.data).toEqual([
      {
        provider: "anthropic",
        id: "claude-sonnet-4-5-20250929",
        name: "Claude Sonnet 4.5",
        inputUsdPerMillion: expect.any(Number),
        outputUsdPerMillion: expect.any(Number),
      },
      {
        provider: "anthropic",
        id: "claude-unheard-of-9",
        name: "claude-unheard-of-9",
        inputUsdPerMillion: null,
        outputUsdPerMillion: null,
      },
    ]);
  }
  expect(providers.asked).toHaveLength(1);
  expect(providers.asked[0]?.headers["x-api-key"]).toBe(KEY);
});

it("of Google are those that answer messages, without the beginning that its list has", async () => {
  const body = {
    models: [
      {
        name: "models/gemini-3-pro",
        displayName: "Gemini 3 Pro",
        supportedGenerationMethods: ["generateContent"],
      },
      { name: "models/embedding-1", supportedGenerationMethods: ["embedContent"] },
    ],
  };
  providers.answers = { "/v1beta/models?pageSize=1000": { status: 200, body } };
  const { body: answer } = await models("provider=google");
  expect(answer.data).toMatchObject([{ id: "gemini-3-pro", name: "Gemini 3 Pro" }]);
});

it("are those of a deployment's own key, where one is named", async () => {
  const { body } = await berth.call("POST", "purchase", { apiMode: "byok" });
  const id = body.data?.deploymentId ?? "";
  const { sql, box } = berth.installation;
  expect((await models(`provider=openai&deployment=${id}`)).status).toBe(400);
  const model_api_key = sealColumn(box, id, "model_api_key", "sk-customers-own-0123456789");
  await sql
    .updateTable("deployments")
    .set({ model_provider: "openai", model_api_key })
    .where("id", "=", id)
    .execute();
  providers.answers = { "/v1/models": { status: 200, body: { data: [{ id: "gpt-5.4" }] } } };
  expect((await models(`provider=openai&deployment=${id}`)).body.data).toMatchObject([{ id: "gpt-5.4" }]);
  expect(providers.asked.at(-1)?.headers.authorization).toBe("Bearer sk-customers-own-0123456789");
  expect((await models(`provider=xai&deployment=${id}`)).status).toBe(400);
});

it("can't be had without a key, of a provider that doesn't answer, or of somebody else's deployment", async () => {
  expect((await models("provider=openrouter")).body.error?.code).toBe("INVALID_REQUEST");
  providers.answers = {};
  const { status, body } = await models("provider=xai");
  expect([status, body.error?.code]).toEqual([503, "UNAVAILABLE"]);
  expect(JSON.stringify(body)).not.toContain(KEY);
  const other = "0192f0c1-2345-7abc-8def-0123456789ab";
  expect((await models(`provider=xai&deployment=${other}`)).status).toBe(404);
});
