// A real conversation: a user writes to a bot, and real OpenClaw, activated by a real Berth, answers with what a model says.
// Telegram and the provider are fakes that speak the real protocols at the real names.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ACTIVATION,
  MODEL_KEY,
  newBotToken,
  paidSlot,
  startTestBerth,
  type TestBerth,
  waitForStatus,
} from "../support/berth.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { MODEL_HOSTS } from "../support/conversation/models.ts";
import { TELEGRAM_HOST } from "../support/conversation/telegram.ts";

const SLICE = 60;
const USER = 555;
/** OpenClaw loads its agent at the first message. */
const FIRST_ANSWER_MS = 300_000;
const ANSWER_MS = 120_000;
/** Hosts that OpenClaw calls unasked: with a certificate, what they are told is seen. */
const UNASKED = ["clawhub.ai", "catalog.openclaw.ai"];

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)("a conversation (skipped without root and a nameserver)", () => {
  const token = newBotToken();
  let world: World;
  let berth: TestBerth;

  beforeAll(async () => {
    world = await openWorld(SLICE, { certified: UNASKED });
    berth = await startTestBerth(SLICE, world.environment);
    await world.telegram.say(token, USER, "Hello, my secret word is MARZIPAN.");
    const id = await paidSlot(berth);
    await berth.call("POST", `${id}/activate`, {
      ...ACTIVATION,
      modelId: "claude-haiku-4-5-20251001",
      telegramBotToken: token,
      allowFrom: [`${USER}`],
    });
    await waitForStatus(berth, id, "active", ACTIVE_MS);
  }, ACTIVE_MS + 60_000);
  afterAll(async () => {
    await berth?.close();
    world?.close();
  });

  it(
    "who wrote before the assistant was there is answered with the model's words",
    async () => {
      const isAnswer = ({ text }: { text: string }) => text.includes("You said «Hello");
      const { text } = await world.telegram.heard(token, USER, isAnswer, FIRST_ANSWER_MS);
      expect(text).toContain("I am the fake claude-haiku-4-5-20251001.");
      expect(text).toContain("I was shown 1 turn: Hello, my secret word is MARZIPAN.");
    },
    FIRST_ANSWER_MS + 10_000,
  );

  it("the second message is answered by a model that is shown the first", async () => {
    await world.telegram.say(token, USER, "What is my secret word?");
    const isAnswer = ({ text }: { text: string }) => text.includes("You said «What is my secret word?»");
    const { text } = await world.telegram.heard(token, USER, isAnswer, ANSWER_MS);
    expect(text).toContain("2 turns: Hello, my secret word is MARZIPAN. / What is my secret word?");
  });

  it("the key went to its provider alone, in the header for it, and the token to Telegram alone", async () => {
    const { calls } = world.models;
    expect(calls.filter(({ kind }) => kind === "turn").length).toBeGreaterThanOrEqual(2);
    for (const { provider, keys } of calls)
      expect(keys).toEqual(provider === "anthropic" ? { "x-api-key": MODEL_KEY } : {});
    expect(world.elsewhere.filter(({ keys }) => Object.keys(keys).length > 0)).toEqual([]);
    expect(await world.hostsThatSaw(MODEL_KEY)).toEqual([MODEL_HOSTS.anthropic]);
    expect(await world.hostsThatSaw(token)).toEqual([TELEGRAM_HOST]);
  });
});
