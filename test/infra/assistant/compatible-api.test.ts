// What compatible servers answer of a key and a model: a stand-in on loopback, dialled as a customer's server is.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { describeModel } from "../../../infra/assistant/describe-model.ts";
import { listModels } from "../../../infra/assistant/list-models.ts";
import { askProvider, type ModelApis } from "../../../infra/assistant/model-apis.ts";
import { modelServers } from "../../../stacks/model-servers/model-servers.ts";
import { type Given, ModelApi } from "../../support/model-api.ts";

const KEY = "gsk-canary-0123456789";
const api = new ModelApi();
const strangers = modelServers(async () => [], { names: [], ranges: ["127.0.0.1/32"] });
let apis: ModelApis;
let baseUrl: string;
beforeAll(async () => {
  apis = { ...(await api.open()), strangers };
  baseUrl = `${apis.openai}/openai/v1`;
});
afterAll(() => api.close());
beforeEach(() => {
  api.asked.length = 0;
  api.answers = {};
});

const modelProvider = "openai-compatible";
const list = (...ids: string[]): Given => ({
  status: 200,
  body: { object: "list", data: ids.map((id) => ({ id })) },
});
const [LIST, ONE] = ["/openai/v1/models", "/openai/v1/models/llama-3.3"];
const unknown: Given = { status: 404, body: { error: { message: "The model does not exist.", code: "x" } } };

describe("a key and a model", () => {
  it.each<[string, Record<string, Given>, string]>([
    ["in the list", { [LIST]: list("llama-3.3") }, "accepted"],
    ["in Ollama's list", { [LIST]: list("llama-3.3:latest") }, "accepted"],
    ["in no list, and unknown", { [LIST]: list("gpt-oss"), [ONE]: unknown }, "model unknown"],
    ["in no list, but there", { [LIST]: list("gpt-oss"), [ONE]: { status: 200, body: {} } }, "accepted"],
    ["in no list of a server that says no more", { [LIST]: list("gpt-oss") }, "accepted"],
    ["at a server that lists none", { [LIST]: list() }, "accepted"],
    ["with a wrong key", { [LIST]: { status: 401, body: { error: "Unauthorized" } } }, "key refused"],
    ["before a proxy's page", { [LIST]: { status: 401, body: "<html>" } }, "no answer"],
    ["at a server that has no list", { [LIST]: { status: 404, body: {} } }, "no answer"],
    ["at a server that leads elsewhere", { [LIST]: { status: 302, body: {} } }, "no answer"],
  ])("%s", async (_what, answers, verdict) => {
    api.answers = answers;
    expect(await askProvider(apis, { modelProvider, modelId: "llama-3.3", key: KEY, baseUrl })).toBe(verdict);
    expect(api.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(api.asked.map(({ path }) => path)).not.toContain("/elsewhere");
  });
});

describe("of a model", () => {
  it.each<[string, object, object | undefined]>([
    [
      "Groq",
      { context_window: 131_072, max_completion_tokens: 32_768 },
      { contextWindow: 131_072, maxTokens: 32_768 },
    ],
    ["vLLM", { max_model_len: 40_960 }, { contextWindow: 40_960 }],
    [
      "Mistral",
      { max_context_length: 131_072, capabilities: { vision: true, reasoning: false } },
      { contextWindow: 131_072, input: ["text", "image"], reasoning: false },
    ],
    ["Ollama", { created: 1, owned_by: "library" }, undefined],
    ["a liar", { context_window: -5, max_model_len: "much", capabilities: 7 }, undefined],
  ])("%s says so much", async (_who, row, facts) => {
    api.answers = { [LIST]: { status: 200, body: { data: [{ id: "other" }, { id: "llama-3.3", ...row }] } } };
    expect(await describeModel(apis, { modelProvider, modelId: "llama-3.3", key: KEY, baseUrl })).toEqual(
      facts,
    );
  });
});

describe("the list", () => {
  const offer = { provider: modelProvider, key: KEY, baseUrl } as const;
  it("has ids alone, of odd rows none, and no more than a thousand", async () => {
    const odd = [7, null, { id: 5 }, { id: "a b" }, { id: "x".repeat(300) }, { id: "good", secret: "s" }];
    const many = Array.from({ length: 1_500 }, (_, at) => ({ id: `m${at}` }));
    api.answers = { [LIST]: { status: 200, body: { data: [...odd, ...many] } } };
    const found = await listModels(apis, { ...offer, baseUrl });
    expect(found).toHaveLength(1_000);
    expect(found[0]).toEqual({ id: "good", name: "good" });
  });
  it("is asked without a key where there is none", async () => {
    api.answers = { [LIST]: list("one") };
    expect(await listModels(apis, { provider: modelProvider, baseUrl })).toEqual([
      { id: "one", name: "one" },
    ]);
    expect(api.asked[0]?.headers).not.toHaveProperty("authorization");
  });
  it.each<[string, Given]>([
    ["a redirect", { status: 302, body: {} }],
    ["an answer without an end", { status: 200, body: `{"data":["${"x".repeat(2 * 1024 * 1024)}"]}` }],
    ["a secret of another kind", { status: 200, body: { AccessKeyId: "AKIA" } }],
    ["a refusal", { status: 403, body: {} }],
  ])("is none of %s", async (_what, given) => {
    api.answers = { [LIST]: given };
    await expect(listModels(apis, { ...offer, baseUrl })).rejects.toThrow();
    expect(api.asked.map(({ path }) => path)).toEqual([LIST]);
  });
  it("is not asked for at an address that is not allowed, nor where no servers are", async () => {
    const other = { ...apis, strangers: modelServers(async () => ["127.0.0.1"], { names: [], ranges: [] }) };
    for (const url of [baseUrl, baseUrl.replace("127.0.0.1", "models.example.com")])
      await expect(listModels(other, { ...offer, baseUrl: url })).rejects.toThrow();
    const { strangers: _none, ...without } = apis;
    await expect(listModels(without, { ...offer, baseUrl })).rejects.toThrow();
    expect(api.asked).toEqual([]);
  });
});
