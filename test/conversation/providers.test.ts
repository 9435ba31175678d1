// A conversation with each provider by way of the model gateway: real OpenClaw, activated by a real Berth, and a fake of the
// provider that speaks its real protocol behind the gateway.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MODEL_APIS } from "../../infra/assistant/model-apis.ts";
import type { KnownProvider } from "../../infra/assistant/openclaw.ts";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { expectCounted } from "../support/conversation/bills.ts";
import { ANSWER_MS, beginChat, type Chat, KNOWN_MODEL, USER } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { filesWith } from "../support/conversation/inside.ts";
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
  readonly modelProvider: KnownProvider;
  readonly modelId: string;
  /** Of the call for an answer. */
  readonly path: string;
  /** The one that carries the key. */
  readonly header: string;
  /** Of the call that a voice message's sound is sent by; undefined where OpenClaw has nobody who hears. */
  readonly hears: string | undefined;
}

const ROWS: readonly Row[] = [
  {
    modelProvider: "anthropic",
    modelId: KNOWN_MODEL,
    path: "/v1/messages",
    header: "x-api-key",
    hears: undefined,
  },
  {
    modelProvider: "openai",
    modelId: "gpt-5.4",
    path: "/v1/responses",
    header: "authorization",
    hears: "/v1/audio/transcriptions",
  },
  {
    modelProvider: "google",
    modelId: "gemini-3.1-pro-preview",
    path: "/v1beta/models/gemini-3.1-pro-preview:streamGenerateContent?alt=sse",
    header: "x-goog-api-key",
    hears: "/v1beta/models/gemini-3-flash-preview:generateContent",
  },
  {
    modelProvider: "openrouter",
    modelId: "anthropic/claude-sonnet-4.6",
    path: "/api/v1/chat/completions",
    header: "authorization",
    hears: "/api/v1/audio/transcriptions",
  },
  {
    modelProvider: "xai",
    modelId: "grok-4.3",
    path: "/v1/responses",
    header: "authorization",
    hears: "/v1/stt",
  },
];

describe.skipIf(!canOpen)(
  "a conversation (skipped without root and a nameserver) with",
  {
    timeout: CONVERSATION_MS,
  },
  () => {
    /** What Berth asks: it is not in the world of the assistant. */
    const lists = new ModelApi();
    let modelApis: typeof MODEL_APIS;
    let world: World;
    let berth: TestBerth;
    beforeAll(async () => {
      modelApis = await lists.open();
      lists.answers["/api/v1/models"] = {
        status: 200,
        body: {
          data: [
            {
              id: "anthropic/claude-sonnet-4.6",
              context_length: 200_000,
              architecture: { input_modalities: ["text", "image"] },
            },
          ],
        },
      };
      world = await openWorld(SLICE);
      berth = await startBerth("all");
    });
    afterAll(async () => {
      await berth?.close();
      lists.close();
      world?.close();
    });

    it.each(ROWS)(
      "$modelProvider: it remembers, sees, hears, tells when its key is refused, and is counted to the token",
      async (row) => {
        const { modelProvider, modelId, path, header, hears } = row;
        const modelApiKey = `key-of-${modelProvider}-0123456789`;
        const chat = await beginChat(world, berth, HELLO, { modelProvider, modelId, modelApiKey });
        const answer = await chat.answerTo("What is it?");
        expect(answer).toContain(`I am the fake ${modelId}.`);
        expect(answer).toContain(`I was shown 2 turns: ${HELLO} / What is it?`);
        await seesPicture(chat, modelId);
        await hearsVoice(chat, modelProvider, hears);

        await world.models.set(modelProvider, { answers: "key refused" });
        await chat.say("Still there?");
        await chat.heard("⚠️");
        const key = header === "authorization" ? `Bearer ${modelApiKey}` : modelApiKey;
        const isCall = ({ provider, turn }: ModelCall) =>
          provider === modelProvider && turn?.turns.at(-1) === "What is it?";
        const call = await world.models.asked(isCall, ANSWER_MS);
        expect(call).toMatchObject({ path, keys: { [header]: key }, status: 200 });
        expect(call.turn).toMatchObject({ model: modelId, isStreamed: true });
        await world.models.set(modelProvider, { answers: "normal" });
        await expectCounted(world, berth, chat.id, modelApiKey);
        // The gateway asks the fakes there. It alone has the key; what the assistant has instead is worth nothing elsewhere.
        expect(await world.hostsThatSaw(modelApiKey)).toEqual([world.address]);
        expect(filesWith(chat.id, modelApiKey)).toEqual([]);
        expect(filesWith(chat.id, "brm_")).toEqual([expect.stringMatching(/^\/run\/berth\/[\w-]+\.json$/)]);
        expect(await world.hostsThatSaw("brm_")).toEqual([]);
        await chat.remove();
      },
    );

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
      const { turn } = await world.models.asked((call) => call.turn?.model === UNKNOWN_MODEL, ANSWER_MS);
      // OpenClaw adds what it lets a model think to what it lets it say, 32,000 at most.
      expect(turn?.options).toMatchObject({
        max_tokens: 40_192,
        thinking: { type: "enabled", budget_tokens: 8_192 },
      });
      await seesPicture(chat, UNKNOWN_MODEL);
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

    it("a heartbeat costs one call, no more than a message's, and says nothing where there is nothing to say", async () => {
      await world.models.set("anthropic", { list: "full" });
      const chat = await beginChat(world, berth, HELLO, { modelId: "claude-sonnet-5" });
      await chat.answerTo("What is it?");
      const told = await chat.told((now) => now.lastAnswerAt >= now.lastMessageAt);
      const ofMessage = await world.models.asked(
        ({ turn }) => turn?.turns.at(-1) === "What is it?",
        ANSWER_MS,
      );
      const heard = world.telegram.seen(chat.token, USER).length;
      const since = Date.now();
      setHeartbeat(chat, { every: "20s" });
      const costs = await heartbeatAfter(since);
      expect(costs.bytes).toBeLessThan(ofMessage.bytes);
      expect(costs.bytes).toBeGreaterThan(40_000);

      setHeartbeat(chat, { every: "20s", isolatedSession: true, lightContext: true });
      const isLight = ({ at, turn }: ModelCall) =>
        at > since && turn?.isHeartbeat === true && turn.turns.length === 1;
      expect((await world.models.asked(isLight, ANSWER_MS)).bytes).toBeLessThan(40_000);
      // A second model, which sums up what was said, is asked after messages alone.
      const all = world.models.calls.filter(({ at, kind }) => at > since && kind === "turn");
      expect(all.filter(({ turn }) => !turn?.isHeartbeat)).toEqual([]);
      expect(world.telegram.seen(chat.token, USER)).toHaveLength(heard);
      expect((await chat.status()).lastMessageAt).toBe(told.lastMessageAt);
      await chat.remove();
    });

    it("where the gateway is for the operator's keys alone, a customer's goes to its provider with the assistant", async () => {
      await berth.close();
      berth = await startBerth("managed");
      const modelApiKey = "key-of-a-customer-0123456789";
      const chat = await beginChat(world, berth, HELLO, { modelApiKey });
      expect(await chat.answerTo("Who are you?")).toContain(`I am the fake ${KNOWN_MODEL}.`);
      // Berth checks the model, and finds the fakes by their address.
      expect(await world.hostsThatSaw(modelApiKey)).toEqual([world.address, MODEL_HOSTS.anthropic]);
      expect((await berth.call("GET", `${chat.id}/usage`)).body.data).toMatchObject({ rows: [] });
      await chat.remove();
    });

    function startBerth(gateway: "all" | "managed"): Promise<TestBerth> {
      const settings = {
        ...world.environment,
        BERTH_MODEL_CHECK: "on",
        BERTH_MODEL_GATEWAY: gateway,
        BERTH_ALLOW_SHARED_MODEL_KEYS: "no",
      };
      return startTestBerth(SLICE, settings, undefined, { modelApis });
    }

    /** The picture itself is shown to the model that was chosen, and to no other. */
    async function seesPicture(chat: Chat, modelId: string): Promise<void> {
      await chat.say({ photo: "What is this?" });
      await chat.heard("I see 1 picture.");
      const seen = world.models.calls.filter(({ turn }) => (turn?.pictures ?? 0) > 0);
      expect(seen.at(-1)?.turn).toMatchObject({ model: modelId, pictures: 1 });
      expect(seen.at(-1)?.turn?.turns.at(-1)).toBe("What is this?");
    }

    /** What was spoken is written down by the same provider; where that can't, the model is told so. */
    async function hearsVoice(chat: Chat, provider: KnownProvider, hears: string | undefined): Promise<void> {
      const before = world.models.calls.length;
      await chat.say({ voice: SPOKEN });
      await chat.heard(hears ? SPOKEN : "Audio attachment not analyzed");
      const calls = world.models.calls.slice(before).filter((call) => call.provider === provider);
      if (hears) expect(calls).toContainEqual(expect.objectContaining({ path: hears, status: 200 }));
      expect(calls.filter(({ kind }) => kind === "transcription")).toHaveLength(
        hears && provider !== "google" ? 1 : 0,
      );
    }

    function setHeartbeat(chat: Chat, heartbeat: Readonly<Record<string, unknown>>): void {
      chat.edit((settings) => {
        const { agents } = settings as { agents: { defaults: Record<string, unknown> } };
        agents.defaults.heartbeat = heartbeat;
      });
    }

    function heartbeatAfter(since: number): Promise<ModelCall> {
      return world.models.asked(({ at, turn }) => at > since && turn?.isHeartbeat === true, ANSWER_MS);
    }
  },
);
