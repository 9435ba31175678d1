// A model that calls a tool wrongly for ever, as one has done 1,283 times in five minutes: a limit ends it, and says so in
// the chat.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newBotToken, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { Chat, FIRST_ANSWER_MS, KNOWN_MODEL } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";

const SLICE = 96;
const PROVIDER = "anthropic";
const ENDED_MS = 300_000;
const TEST_MS = ACTIVE_MS + FIRST_ANSWER_MS + ENDED_MS;
/** For some twenty requests of this conversation. */
const FEW_TOKENS = 150_000;
const FEW_USD = 0.25;
const MOST_REQUESTS = 60;

const canOpen = await canOpenWorld();

interface Use {
  readonly tokens: number;
  readonly usd: number;
}

describe.skipIf(!canOpen)(
  "a model that calls a tool wrongly for ever (skipped without root and a nameserver)",
  { timeout: TEST_MS },
  () => {
    let world: World;
    let berth: TestBerth;
    let chat: Chat;

    beforeAll(async () => {
      world = await openWorld(SLICE);
      berth = await startTestBerth(SLICE, {
        ...world.environment,
        BERTH_MODEL_GATEWAY: "all",
        BERTH_ANTHROPIC_API_KEY: "sk-ant-operators-own-0123456789",
      });
      chat = new Chat({ world, berth, id: await paidSlot(berth, "managed"), token: newBotToken() });
      await chat.begin("Hello", { modelApiKey: undefined, modelId: KNOWN_MODEL });
    }, TEST_MS);
    afterAll(async () => {
      await berth?.close();
      world?.close();
    });

    it.each([
      ["tokens", "daily", ({ day }: Present) => ({ day: { tokens: day.tokens + FEW_TOKENS } })],
      ["money", "monthly", ({ month }: Present) => ({ month: { usd: month.usd + FEW_USD } })],
    ])("is ended by a limit of %s, which the chat says", async (_unit, period, limitAbove) => {
      await expect.poll(async () => (await usage()).openRequests, { timeout: 30_000 }).toBe(0);
      const { present } = await usage();
      const limits = limitAbove(present);
      await berth.call("PATCH", chat.id, { limits });
      await world.models.set(PROVIDER, { answers: "runaway" });
      const before = asked();
      await chat.say(`Do something, up to a limit of the ${period} kind.`);
      await chat.heard(`The ${period} usage limit of this assistant is reached. It resets on`, {
        timeoutMs: ENDED_MS,
      });
      const requests = asked() - before;
      console.log(`${period}: ended after ${requests} requests`);
      expect(requests).toBeGreaterThan(3);
      expect(requests).toBeLessThan(MOST_REQUESTS);
      expect((await chat.warned("LIMIT_REACHED")).status).toBe("active");
      // Nothing goes on behind it.
      const ended = asked();
      await sleep(15_000);
      expect(asked()).toBe(ended);

      await world.models.set(PROVIDER, { answers: "normal" });
      await berth.call("PATCH", chat.id, { limits: null });
      await chat.untilAnswered();
      await chat.warned(null);
    });

    interface Present {
      readonly day: Use;
      readonly month: Use;
    }

    /** What has come to the provider. */
    function asked(): number {
      return world.models.calls.filter(({ kind }) => kind === "turn").length;
    }

    async function usage() {
      const { body } = await berth.call("GET", `${chat.id}/usage`);
      return body.data as unknown as { present: Present; openRequests: number };
    }
  },
);
