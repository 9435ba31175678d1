// What a provider's list says of a model is given to the assistant: from a stand-in for Anthropic's API on loopback.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { MODEL_APIS } from "../../infra/assistant/model-apis.ts";
import { DEFAULT_ACCOUNT_ID } from "../../stacks/accounts/accounts.ts";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { learnFacts, readFacts, readFallbacks } from "../../stacks/deployments/model-facts.ts";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { inside } from "../support/docker.ts";
import { ModelApi } from "../support/model-api.ts";
import { ownTime } from "../support/own-time.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const { modelId } = ACTIVATION;
const MODEL = `/v1/models/${modelId}`;
/** A row of which nothing was read. */
const NAMED = { id: modelId, name: modelId, input: ["text", "image"] };
const DAY_MS = 24 * 3_600_000;
const said = (max_input_tokens: number) => ({
  status: 200,
  body: {
    id: modelId,
    max_input_tokens,
    max_tokens: 64_000,
    capabilities: { thinking: { supported: true } },
  },
});

const api = new ModelApi();
let modelApis: typeof MODEL_APIS;
let berth: TestBerth;
/** The first one, for tests of its record alone. */
let id: string;
beforeAll(async () => {
  const { healthy } = await ensureTinyImages();
  modelApis = await api.open();
  const settings = { BERTH_ASSISTANT_IMAGE: healthy, BERTH_MODEL_CHECK: "on" };
  berth = await startTestBerth(82, settings, undefined, { modelApis });
});
afterAll(async () => {
  await berth.close();
  api.close();
});
beforeEach(async () => {
  await berth.installation.sql.deleteFrom("model_facts").execute();
  api.answers = { [MODEL]: said(200_000) };
});

it("the model's row in openclaw.json has it, and it is kept", async () => {
  id = await activated();
  const facts = { contextWindow: 200_000, maxTokens: 64_000, reasoning: true };
  expect(rowsOf(id)).toEqual([{ ...NAMED, ...facts }]);
  expect(await readFacts(berth.installation.sql, await record(id))).toEqual(facts);
});

it("fallback models have rows of their own, with what the list says of each", async () => {
  api.answers["/v1/models/claude-opus-5"] = said(300_000);
  const fallbackModels = ["claude-opus-5", "claude-nobody-knows"];
  const other = await activated({ fallbackModels });
  const facts = { contextWindow: 300_000, maxTokens: 64_000, reasoning: true };
  const [own, ...others] = rowsOf(other);
  expect(own).toMatchObject({ id: modelId, contextWindow: 200_000 });
  const row = (name: string) => ({ ...NAMED, id: name, name });
  expect(others).toEqual([{ ...row("claude-opus-5"), ...facts }, row("claude-nobody-knows")]);
  expect(settingsOf(other).agents.defaults.model).toEqual({
    primary: `anthropic/${modelId}`,
    fallbacks: fallbackModels.map((name) => `anthropic/${name}`),
  });
  expect(await readFallbacks(berth.installation.sql, await record(other))).toEqual([
    { id: "claude-opus-5", facts },
    { id: "claude-nobody-knows", facts: undefined },
  ]);
});

it("without an answer the row has what holds for every model of Anthropic, and the assistant is brought up", async () => {
  api.answers = { [MODEL]: { status: 503, body: {} } };
  expect(rowsOf(await activated())).toEqual([NAMED]);
});

it("a list that is silent holds nothing up for longer than 1.5 s; what was kept is used", async () => {
  await keep(100_000, 2 * DAY_MS);
  api.answers = { [MODEL]: undefined };
  const late = await activated();
  expect(rowsOf(late)).toEqual([{ ...NAMED, contextWindow: 100_000 }]);
  const ownMs = ownTime();
  await learnFacts({ ...berth.installation, modelApis }, await record(late));
  expect(ownMs()).toBeLessThan(2_000);
});

it("what was read today is not asked for again, and what is older is", async () => {
  const asks = () => api.asked.filter(({ path }) => path === MODEL).length;
  const parts = { ...berth.installation, modelApis };
  await learnFacts(parts, await record(id));
  await berth.installation.sql
    .updateTable("deployments")
    .set({ model_check_at: new Date(Date.now() + DAY_MS) })
    .execute();
  const before = asks();
  await learnFacts(parts, await record(id));
  expect(asks()).toBe(before);
  await keep(100_000, 2 * DAY_MS);
  api.answers = { [MODEL]: said(300_000) };
  await learnFacts(parts, await record(id));
  expect(asks()).toBe(before + 1);
  expect(await readFacts(berth.installation.sql, await record(id))).toMatchObject({ contextWindow: 300_000 });
});

it("an answer that comes too late is there for the next time", async () => {
  await keep(100_000, 2 * DAY_MS);
  api.answers = { [MODEL]: said(400_000) };
  const answer = api.hold();
  await learnFacts({ ...berth.installation, modelApis }, await record(id));
  const kept = async () => readFacts(berth.installation.sql, await record(id));
  expect(await kept()).toEqual({ contextWindow: 100_000 });
  answer();
  await expect.poll(kept).toMatchObject({ contextWindow: 400_000 });
});

it("where providers are not to be asked, what is kept is used", async () => {
  await keep(100_000, 2 * DAY_MS);
  const before = api.asked.length;
  await learnFacts({ ...berth.installation, modelApis: undefined }, await record(id));
  expect(api.asked.length).toBe(before);
});

async function activated(settings: object = {}): Promise<string> {
  const slot = await unpreparedSlot(berth);
  await berth.call("POST", `${slot}/activate`, { ...ACTIVATION, ...settings });
  await waitForStatus(berth, slot, "active");
  return slot;
}

async function keep(contextWindow: number, ageMs: number): Promise<void> {
  const { sql } = berth.installation;
  const read = { facts: JSON.stringify({ contextWindow }), read_at: new Date(Date.now() - ageMs) };
  await sql
    .insertInto("model_facts")
    .values({ provider: "anthropic", model_id: modelId, ...read })
    .onConflict((conflict) => conflict.columns(["provider", "model_id"]).doUpdateSet(read))
    .execute();
}

async function record(id: string) {
  return getDeployment(berth.installation.sql, DEFAULT_ACCOUNT_ID, id);
}

function rowsOf(id: string): unknown[] {
  return settingsOf(id).models.providers.anthropic.models;
}

function settingsOf(id: string) {
  return JSON.parse(inside(id, "cat", "/home/node/.openclaw/openclaw.json"));
}
