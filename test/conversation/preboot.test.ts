// An assistant that was started when its slot was paid: real OpenClaw takes its bot and its key while it runs, and answers.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newBotToken, startTestBerth, type TestBerth } from "../support/berth.ts";
import { Chat, FIRST_ANSWER_MS } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { containerOf, prebootedSlot, settingsOf } from "../support/preboot.ts";

const SLICE = 68;
const OTHER_MODEL = "claude-sonnet-4-5-20250929";

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)("pre-booted (skipped without root and a nameserver):", { timeout: 900_000 }, () => {
  let world: World;
  let berth: TestBerth;
  beforeAll(async () => {
    world = await openWorld(SLICE);
    berth = await startTestBerth(SLICE, { ...world.environment, BERTH_PREBOOT_MAX: "1" });
  }, ACTIVE_MS);
  afterAll(async () => {
    await berth?.close();
    world?.close();
  });

  it("it answers in the container in which it waited, and goes on with another model", async () => {
    const id = await prebootedSlot(berth, ACTIVE_MS);
    const before = await containerOf(id);
    expect(settingsOf(id)).not.toHaveProperty("channels");
    const token = newBotToken();
    const chat = new Chat({ world, berth, id, token });
    expect(world.telegram.calls).toEqual([]);
    await chat.begin("Hello");
    expect(await containerOf(id)).toBe(before);
    await chat.told(({ channel, warning }) => channel?.state === "polling" && warning === null);
    expect(await chat.change({ modelId: OTHER_MODEL })).toMatchObject({ state: "succeeded" });
    expect(await chat.answerTo("And now?", { timeoutMs: FIRST_ANSWER_MS })).toContain(OTHER_MODEL);
    expect(await containerOf(id)).toBe(before);
  });
});
