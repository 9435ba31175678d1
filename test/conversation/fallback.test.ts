// Fallback models in a real conversation: where the model does not answer, the next one does, and each request counts on the
// model that it went to.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { countedFor, expectCounted } from "../support/conversation/bills.ts";
import { beginChat, type Chat, FIRST_ANSWER_MS, KNOWN_MODEL } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import type { AnswerMode } from "../support/conversation/providers/decide.ts";

const SLICE = 93;
const PROVIDER = "anthropic";
const KEY = "key-of-anthropic-0123456789";
/** OpenClaw 2026.9.6 does not know it by itself. */
const FALLBACK = "claude-sonnet-4-5-20250929";
/** OpenClaw asks a model again for a minute or more before it asks the next one. */
const FALLEN_BACK_MS = 200_000;
const TEST_MS = 600_000;

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)(
  "with a fallback model (skipped without root and a nameserver)",
  { timeout: TEST_MS },
  () => {
    let world: World;
    let berth: TestBerth;
    let chat: Chat;

    beforeAll(async () => {
      world = await openWorld(SLICE);
      berth = await startTestBerth(SLICE, { ...world.environment, BERTH_MODEL_GATEWAY: "all" });
      chat = await beginChat(world, berth, "Hello", { modelApiKey: KEY });
    }, ACTIVE_MS + FIRST_ANSWER_MS);
    afterAll(async () => {
      await berth?.close();
      world?.close();
    });
    beforeEach(() => world.models.set(PROVIDER, { answers: "normal", ofModel: null }));

    it("that is sent while it runs, the assistant goes on in its container", async () => {
      const before = await chat.containerId();
      expect((await chat.change({ fallbackModels: [FALLBACK] })).state).toBe("succeeded");
      expect(await chat.containerId()).toBe(before);
      expect(await chat.answerTo("Who are you?")).toContain(`I am the fake ${KNOWN_MODEL}.`);
    });

    it.each<[string, AnswerMode]>([
      ["is overloaded (529)", "overloaded"],
      ["has a fault (500)", "server error"],
      ["is not there (404)", "model unknown"],
    ])("a message is answered by it while the model %s, and nothing is warned of", async (_name, answers) => {
      await world.models.set(PROVIDER, { answers, ofModel: KNOWN_MODEL });
      const before = await countedFor(berth, chat.id);
      const question = `Who are you when it is: ${answers}?`;
      const since = Date.now();
      const [answer, warnings] = await whileWarned(chat.answerTo(question, { timeoutMs: FALLEN_BACK_MS }));
      console.log(`${answers}: answered by the fallback after ${Date.now() - since} ms: ${answer}`);
      expect(answer).toContain(`I am the fake ${FALLBACK}.`);
      expect(warnings).toEqual([]);
      expect(await chat.status()).toMatchObject({ status: "active", warning: null, lastError: null });
      await expectCounted(world, berth, chat.id, KEY);
      const after = await countedFor(berth, chat.id);
      for (const model of [KNOWN_MODEL, FALLBACK])
        expect(after[model]?.requests, model).toBeGreaterThan(before[model]?.requests ?? 0);
      // The one that has not answered has used nothing.
      expect(after[KNOWN_MODEL]).toMatchObject({ output: before[KNOWN_MODEL]?.output });
      expect(after[FALLBACK]?.output).toBeGreaterThan(before[FALLBACK]?.output ?? 0);
    });

    it("the model itself answers again once it can", async () => {
      await chat.untilAnswered();
      expect(await chat.answerTo("And who are you now?")).toContain(`I am the fake ${KNOWN_MODEL}.`);
    });

    it("that there is not either, it is warned of", async () => {
      await world.models.set(PROVIDER, { answers: "model unknown" });
      await chat.say("Is anybody there?");
      const { warning } = await chat.warned("MODEL_UNKNOWN", FALLEN_BACK_MS);
      expect(warning?.cause.message).toContain(`"${KNOWN_MODEL}", "${FALLBACK}"`);
      await world.models.set(PROVIDER, { answers: "normal" });
      await chat.untilAnswered();
      await chat.warned(null);
    });

    it("a limit holds for both, and is said in the chat", async () => {
      const { body } = await berth.call("GET", `${chat.id}/usage`);
      const { present } = body.data as unknown as { present: { month: { tokens: number } } };
      await berth.call("PATCH", chat.id, { limits: { month: { tokens: present.month.tokens } } });
      await chat.say("Are you still there?");
      await chat.heard("The monthly usage limit of this assistant is reached. It resets on");
      expect((await chat.warned("LIMIT_REACHED")).status).toBe("active");
      await berth.call("PATCH", chat.id, { limits: null });
      await chat.untilAnswered();
      await chat.remove();
    });

    /** What is awaited, and the codes of the warnings that status has had meanwhile. */
    async function whileWarned<T>(awaited: Promise<T>): Promise<[T, string[]]> {
      const codes = new Set<string>();
      const over = new AbortController();
      const watching = (async () => {
        while (!over.signal.aborted) {
          const { warning } = await chat.status();
          if (warning) codes.add(warning.cause.code);
          await sleep(500);
        }
      })();
      try {
        return [await awaited, [...codes]];
      } finally {
        over.abort();
        await watching;
      }
    }
  },
);
