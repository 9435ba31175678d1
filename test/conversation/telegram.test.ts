// Telegram as it can be: away, read by somebody else, with a revoked token; and messages that come or go out in numbers.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { ANSWER_MS, beginChat, type Chat, FIRST_ANSWER_MS, USER } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";

const SLICE = 66;
const OTHER = 556;
const TEST_MS = 900_000;
/** OpenClaw waits longer and longer between its tries. */
const BACK_MS = 300_000;
/** Of a message of Telegram's. */
const MOST_CHARACTERS = 4096;
const NEW_SECRET = "AAFanotherSecretOfTheSameBot0123456";

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)("Telegram (skipped without root and a nameserver):", { timeout: TEST_MS }, () => {
  let world: World;
  let berth: TestBerth;
  let chat: Chat;

  beforeAll(async () => {
    world = await openWorld(SLICE);
    berth = await startTestBerth(SLICE, world.environment);
    chat = await beginChat(world, berth, "Hello", { allowFrom: [`${USER}`, `${OTHER}`] });
  }, ACTIVE_MS + FIRST_ANSWER_MS);
  afterAll(async () => {
    await berth?.close();
    world?.close();
  });

  it("two messages at once are both shown to the model, and answered", async () => {
    await Promise.all([chat.say("First of two"), chat.say("Second of two")]);
    await untilShown("First of two", "Second of two");
    await chat.heard("Second of two.");
  });

  it("two people at once are each answered, in their own chat", async () => {
    const said = [
      [USER, "I am the first"],
      [OTHER, "I am the other"],
    ] as const;
    await Promise.all(said.map(([user, text]) => chat.say(text, user)));
    for (const [user, text] of said) await chat.heard(`You said «${text}»`, { user });
    expect(textsFor(USER)).not.toContain("You said «I am the other»");
    expect(textsFor(OTHER)).not.toContain("You said «I am the first»");
  });

  it("what is written while it answers is answered as well", async () => {
    await world.models.set("anthropic", { answers: "slow" });
    await chat.say("Take your time");
    await untilShown("Take your time");
    await chat.say("By the way");
    await world.models.set("anthropic", { answers: "normal" });
    await chat.heard("You said «Take your time»");
    await chat.heard("You said «By the way»");
  });

  it("a long answer comes whole and in order, in parts that Telegram takes", async () => {
    const before = world.telegram.seen(chat.token, USER).length;
    await world.models.set("anthropic", { answers: "long" });
    await chat.say("Tell me everything");
    await chat.heard("Here the long answer ends.");
    await world.models.set("anthropic", { answers: "normal" });
    const parts = world.telegram
      .seen(chat.token, USER)
      .slice(before)
      .map(({ text }) => text);
    expect(parts.length).toBeGreaterThan(2);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(MOST_CHARACTERS);
    const numbers = [...parts.join("\n").matchAll(/This is line (\d+) of/g)].map(([, number]) =>
      Number(number),
    );
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeGreaterThan(100);
  });

  it("away for a minute it is a warning; what was written meanwhile is answered once it is back", async () => {
    await world.telegram.fail("refused");
    try {
      const { channel } = await chat.told((now) => now.channel?.state === "unreachable");
      await chat.say("Can you hear me?");
      const { warning } = await chat.warned("TELEGRAM_UNREACHABLE");
      expect(Date.now() - Date.parse(channel?.since ?? "")).toBeGreaterThanOrEqual(60_000);
      expect(warning?.cause.message).toContain("tries again by itself");
    } finally {
      await world.telegram.recover();
    }
    await chat.answered("Can you hear me?", { timeoutMs: BACK_MS });
    await chat.told((now) => now.channel?.state === "polling" && now.warning === null);
  });

  it("a second reader of the bot is a warning that names it, until it has gone", async () => {
    await world.telegram.readElsewhere(chat.token);
    const { warning } = await chat.warned("BOT_REFUSED");
    expect(warning?.cause.message).toContain("another program");
    expect((await chat.status()).channel?.state).toBe("refused");
    await chat.say("Who reads this?");
    await world.telegram.readHereAlone(chat.token);
    await chat.answered("Who reads this?", { timeoutMs: BACK_MS });
    await chat.told((now) => now.channel?.state === "polling" && now.warning === null);
  });

  it("a revoked token is a warning, and the new one of the same bot ends it", async () => {
    await world.telegram.revoke(chat.token);
    const { warning } = await chat.warned("BOT_REFUSED");
    expect(warning?.cause.message).toContain("PATCH telegramBotToken");
    expect((await chat.status()).channel?.state).toBe("refused");
    const token = `${chat.token.split(":")[0]}:${NEW_SECRET}`;
    expect(await chat.change({ telegramBotToken: token })).toMatchObject({ state: "succeeded" });
    await world.telegram.say(token, USER, "Is this your new token?");
    const isAnswer = ({ text }: { text: string }) => text.includes("You said «Is this your new token?»");
    await world.telegram.heard(token, USER, isAnswer, FIRST_ANSWER_MS);
    await chat.told((now) => now.channel?.state === "polling" && now.warning === null);
  });

  /** Waits until the model was shown all of these. */
  async function untilShown(...texts: readonly string[]): Promise<void> {
    await world.models.asked(
      ({ turn }) => texts.every((text) => turn?.turns.join("\n").includes(text)),
      ANSWER_MS,
    );
  }

  function textsFor(user: number): string {
    return world.telegram
      .seen(chat.token, user)
      .map(({ text }) => text)
      .join("\n");
  }
});
