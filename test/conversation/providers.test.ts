// A conversation with each provider: real OpenClaw, activated by a real Berth, and a fake of the provider that speaks its
// real protocol at its real name.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelProvider } from "../../infra/assistant/openclaw.ts";
import {
  ACTIVATION,
  newBotToken,
  paidSlot,
  startTestBerth,
  type TestBerth,
  waitForStatus,
} from "../support/berth.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { MODEL_HOSTS, type ModelCall } from "../support/conversation/models.ts";

const SLICE = 63;
const USER = 555;
const FIRST_ANSWER_MS = 300_000;
const ANSWER_MS = 120_000;
const CONVERSATION_MS = ACTIVE_MS + 900_000;

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)("a conversation (skipped without root and a nameserver) with", () => {
  let world: World;
  let berth: TestBerth;
  beforeAll(async () => {
    world = await openWorld(SLICE);
    berth = await startTestBerth(SLICE, world.environment);
  });
  afterAll(async () => {
    await berth?.close();
    world?.close();
  });

  it.each<[ModelProvider, string, string, string]>([
    ["anthropic", "claude-haiku-4-5-20251001", "/v1/messages", "x-api-key"],
    [
      "google",
      "gemini-3.1-pro-preview",
      "/v1beta/models/gemini-3.1-pro-preview:streamGenerateContent?alt=sse",
      "x-goog-api-key",
    ],
    ["xai", "grok-4.3", "/v1/responses", "authorization"],
  ])(
    "%s: it remembers, sees and tells when its key is refused",
    async (modelProvider, modelId, path, header) => {
      const { telegram, models } = world;
      const telegramBotToken = newBotToken();
      const modelApiKey = `key-of-${modelProvider}-0123456789`;
      const answered = (marker: string, timeoutMs: number) =>
        telegram.heard(telegramBotToken, USER, ({ text }) => text.includes(marker), timeoutMs);
      const id = await paidSlot(berth);
      const access = { telegramBotToken, modelApiKey, allowFrom: [`${USER}`] };
      await telegram.say(telegramBotToken, USER, "Hello, my word is MARZIPAN.");
      await berth.call("POST", `${id}/activate`, { ...ACTIVATION, modelProvider, modelId, ...access });
      await waitForStatus(berth, id, "active", ACTIVE_MS);
      await answered("You said «Hello", FIRST_ANSWER_MS);

      await telegram.say(telegramBotToken, USER, "What is it?");
      const { text } = await answered("You said «What is it?»", ANSWER_MS);
      expect(text).toContain(`I am the fake ${modelId}.`);
      expect(text).toContain("I was shown 2 turns: Hello, my word is MARZIPAN. / What is it?");
      await telegram.say(telegramBotToken, USER, { photo: "What is this?" });
      await answered("I see 1 picture.", ANSWER_MS);
      await models.set(modelProvider, { answers: "key refused" });
      await telegram.say(telegramBotToken, USER, "Still there?");
      await answered("⚠️", ANSWER_MS);

      const key = header === "authorization" ? `Bearer ${modelApiKey}` : modelApiKey;
      const isCall = ({ provider, turn }: ModelCall) =>
        provider === modelProvider && turn?.turns.at(-1) === "What is it?";
      const call = await models.asked(isCall, ANSWER_MS);
      expect(call).toMatchObject({ path, keys: { [header]: key }, status: 200 });
      expect(call.turn).toMatchObject({ model: modelId, isStreamed: true });
      expect(await world.hostsThatSaw(modelApiKey)).toEqual([MODEL_HOSTS[modelProvider]]);
      await berth.call("DELETE", id);
      await waitForStatus(berth, id, "deleted");
    },
    CONVERSATION_MS,
  );
});
