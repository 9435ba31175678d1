// A provider that does not answer as it should, behind the model gateway: its customer is warned soon, and no longer once
// somebody is answered.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { beginChat, type Chat, FIRST_ANSWER_MS } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import type { AnswerMode } from "../support/conversation/providers/decide.ts";

const SLICE = 65;
const PROVIDER = "anthropic";
const WARNED_MS = 30_000;
const TEST_MS = 900_000;

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)(
  "a provider (skipped without root and a nameserver) that",
  { timeout: TEST_MS },
  () => {
    let world: World;
    let berth: TestBerth;
    let chat: Chat;

    beforeAll(async () => {
      world = await openWorld(SLICE);
      berth = await startTestBerth(SLICE, { ...world.environment, BERTH_MODEL_GATEWAY: "all" });
      chat = await beginChat(world, berth, "Hello");
    }, ACTIVE_MS + FIRST_ANSWER_MS);
    afterAll(async () => {
      await berth?.close();
      world?.close();
    });

    it.each<[string, AnswerMode, string, string]>([
      ["has no such model (404)", "model unknown", "MODEL_UNKNOWN", "(HTTP 404)"],
      ["limits it (429)", "rate limited", "MODEL_UNAVAILABLE", "(HTTP 429)"],
      ["has a fault (500)", "server error", "MODEL_UNAVAILABLE", "(HTTP 500)"],
      ["is overloaded (529)", "overloaded", "MODEL_UNAVAILABLE", "(HTTP 529)"],
      ["breaks off", "cut", "MODEL_UNAVAILABLE", "anthropic"],
      ["is silent", "hang", "MODEL_UNAVAILABLE", "anthropic"],
    ])("%s is warned of in time, and not after an answer", async (_name, answers, code, sign) => {
      await world.models.set(PROVIDER, { answers });
      const since = Date.now();
      await chat.say(`Does it work when it is: ${answers}?`);
      const { lastError } = await chat.warned(code, WARNED_MS);
      expect(Date.now() - since).toBeLessThan(WARNED_MS);
      if (answers !== "hang") expect(lastError).toContain(sign);
      await world.models.set(PROVIDER, { answers: "normal" });
      await chat.untilAnswered();
      expect(await chat.warned(null, WARNED_MS)).toMatchObject({ status: "active" });
    });
  },
);
