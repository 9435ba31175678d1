// A conversation with each provider: real OpenClaw, activated by a real Berth, and a fake of the provider that speaks its
// real protocol at its real name.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelProvider } from "../../infra/openclaw.ts";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { ANSWER_MS, beginChat, FIRST_ANSWER_MS } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { MODEL_HOSTS, type ModelCall } from "../support/conversation/models.ts";
import { ModelApi } from "../support/model-api.ts";

const SLICE = 63;
const HELLO = "Hello, my word is MARZIPAN.";
const SPOKEN = "These words were spoken.";
const CONVERSATION_MS = ACTIVE_MS + 900_000;
/** OpenClaw 2026.9.6 does not know it by itself. */
const UNKNOWN_MODEL = "claude-sonnet-4-5-20250929";

const canOpen = await canOpenWorld();

interface Row {
  readonly modelProvider: ModelProvider;
  readonly modelId: string;
  /** Of the call for an answer. */
  readonly path: string;
  /** The one that carries the key. */
  readonly header: string;
}

describe.skipIf(!canOpen)(
  "a conversation (skipped without root and a nameserver) with",
  {
    timeout: CONVERSATION_MS,
  },
  () => {
    /** What Berth asks: it is not in the world of the assistant. */
    const lists = new ModelApi();
    let world: World;
    let berth: TestBerth;
    beforeAll(async () => {
      const modelApis = await lists.open();
      world = await openWorld(SLICE);
      const settings = { ...world.environment, BERTH_MODEL_CHECK: "on" };
      berth = await startTestBerth(SLICE, settings, undefined, { modelApis });
    });
    afterAll(async () => {
      await berth?.close();
      lists.close();
      world?.close();
    });

    it.each<Row>([
      {
        modelProvider: "anthropic",
        modelId: "claude-haiku-4-5-20251001",
        path: "/v1/messages",
        header: "x-api-key",
      },
      { modelProvider: "openai", modelId: "gpt-5.4", path: "/v1/responses", header: "authorization" },
      {
        modelProvider: "google",
        modelId: "gemini-3.1-pro-preview",
        path: "/v1beta/models/gemini-3.1-pro-preview:streamGenerateContent?alt=sse",
        header: "x-goog-api-key",
      },
      {
        modelProvider: "openrouter",
        modelId: "anthropic/claude-sonnet-4.6",
        path: "/api/v1/chat/completions",
        header: "authorization",
      },
      { modelProvider: "xai", modelId: "grok-4.3", path: "/v1/responses", header: "authorization" },
    ])("$modelProvider: it remembers, sees, hears and tells when its key is refused", async (row) => {
      const { modelProvider, modelId, path, header } = row;
      const modelApiKey = `key-of-${modelProvider}-0123456789`;
      const chat = await beginChat(world, berth, HELLO, { modelProvider, modelId, modelApiKey });
      const answer = await chat.answerTo("What is it?");
      expect(answer).toContain(`I am the fake ${modelId}.`);
      expect(answer).toContain(`I was shown 2 turns: ${HELLO} / What is it?`);
      await chat.say({ photo: "What is this?" });
      await chat.heard("I see 1 picture.");

      const before = world.models.calls.length;
      await chat.say({ voice: SPOKEN });
      await chat.heard(SPOKEN, { timeoutMs: 60_000 }).then(
        () => console.log(modelProvider, "heard"),
        (e) => console.log(modelProvider, `${e}`),
      );
      console.log(
        modelProvider,
        JSON.stringify(
          world.models.calls
            .slice(before)
            .map(({ kind, path, status, host, bytes, turn }) => ({
              kind,
              host,
              path,
              status,
              bytes,
              turn: turn && { ...turn, tools: 0, options: 0 },
            })),
          null,
          1,
        ),
      );

      await world.models.set(modelProvider, { answers: "key refused" });
      await chat.say("Still there?");
      await chat.heard("⚠️");
      const key = header === "authorization" ? `Bearer ${modelApiKey}` : modelApiKey;
      const isCall = ({ provider, turn }: ModelCall) =>
        provider === modelProvider && turn?.turns.at(-1) === "What is it?";
      const call = await world.models.asked(isCall, ANSWER_MS);
      expect(call).toMatchObject({ path, keys: { [header]: key }, status: 200 });
      expect(call.turn).toMatchObject({ model: modelId, isStreamed: true });
      expect(await world.hostsThatSaw(modelApiKey)).toEqual([MODEL_HOSTS[modelProvider]]);
      await world.models.set(modelProvider, { answers: "normal" });
      await chat.remove();
    });

    it("a model that OpenClaw does not know has what its provider's list once told Berth", async () => {
      lists.answers[`/v1/models/${UNKNOWN_MODEL}`] = {
        status: 200,
        body: {
          id: UNKNOWN_MODEL,
          max_input_tokens: 200_000,
          max_tokens: 64_000,
          capabilities: { thinking: { supported: true }, image_input: { supported: true } },
        },
      };
      await world.models.set("anthropic", { list: "error" });
      const chat = await beginChat(world, berth, HELLO, { modelId: UNKNOWN_MODEL });
      const { turn } = await world.models.asked(({ turn }) => turn?.model === UNKNOWN_MODEL, ANSWER_MS);
      console.log("unknown", JSON.stringify(turn?.options));
      expect(turn?.options).toMatchObject({ thinking: { type: "enabled" } });
      await chat.say({ photo: "What is this?" });
      await chat.heard("I see 1 picture.");
      await chat.remove();
    });

    it("a model that OpenClaw does not know is answered, also where no list has ever been read", async () => {
      await world.models.set("openai", { list: "error" });
      const modelApiKey = "key-of-openai-0123456789";
      const settings = { modelProvider: "openai", modelId: "gpt-4.1-2025-04-14", modelApiKey };
      const chat = await beginChat(world, berth, HELLO, settings);
      expect(await chat.answerTo("Who are you?")).toContain("I am the fake gpt-4.1-2025-04-14.");
      await chat.remove();
    });

    it("a heartbeat costs one call, as long as that for a short message, and says nothing in the chat", async () => {
      await world.models.set("anthropic", { list: "full" });
      const chat = await beginChat(world, berth, HELLO, { modelId: "claude-sonnet-5" });
      await chat.answerTo("What is it?");
      const at = Date.now();
      const before = world.models.calls.length;
      const heard = world.telegram.seen(chat.token, 555).length;
      chat.edit((settings) => {
        const { agents } = settings as { agents: { defaults: Record<string, unknown> } };
        agents.defaults.heartbeat = { every: "20s" };
      });
      await new Promise((resolve) => setTimeout(resolve, 75_000));
      console.log(
        "before",
        JSON.stringify(
          world.models.calls
            .slice(0, before)
            .filter(({ turn }) => turn?.model.includes("sonnet-5") || turn?.model.includes("haiku"))
            .map(({ bytes, kind, turn }) => ({
              kind,
              bytes,
              turn: turn && { ...turn, tools: turn.tools.length },
            }))
            .slice(-6),
          null,
          1,
        ),
      );
      console.log(
        "heartbeats",
        JSON.stringify(
          world.models.calls
            .slice(before)
            .map(({ at: when, bytes, kind, turn }) => ({
              at: when - at,
              kind,
              bytes,
              turn: turn && { ...turn, tools: turn.tools.length },
            })),
          null,
          1,
        ),
      );
      console.log(
        "chat",
        JSON.stringify(
          world.telegram
            .seen(chat.token, 555)
            .slice(heard)
            .map(({ text }) => text),
        ),
      );
      console.log("status", JSON.stringify(await chat.status()));
    });
  },
);
