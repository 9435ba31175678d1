// An assistant whose model is at a server of its customer's own (a fake of Chat Completions on this machine) talks through the
// whole of Berth: OpenClaw knows the gateway alone, and the server gets the real key from there.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newBotToken, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { Chat, FIRST_ANSWER_MS } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { inside } from "../support/docker.ts";

const SLICE = 94;
const KEY = "gsk-customers-own-0123456789";
const MODEL = "openai/gpt-5.4";
const CONVERSATION_MS = ACTIVE_MS + 900_000;

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)(
  "an assistant at a compatible server (skipped without root and a nameserver)",
  { timeout: CONVERSATION_MS },
  () => {
    let world: World;
    let berth: TestBerth;
    let chat: Chat;
    beforeAll(async () => {
      world = await openWorld(SLICE);
      berth = await startTestBerth(SLICE, {
        ...world.environment,
        BERTH_MODEL_GATEWAY: "all",
        BERTH_ALLOW_SHARED_MODEL_KEYS: "no",
        BERTH_PRIVATE_MODEL_HOSTS: world.address,
      });
      chat = new Chat({ world, berth, id: await paidSlot(berth), token: newBotToken() });
    });
    afterAll(async () => {
      await berth?.close();
      world?.close();
    });

    it("is answered, has no real key, and what it uses is counted without a price", async () => {
      const hello = "Hello, my word is MARZIPAN.";
      await chat.say(hello);
      await chat.activate({
        modelProvider: "openai-compatible",
        // The fake of OpenRouter speaks Chat Completions.
        baseUrl: `http://${world.address}/openrouter/api/v1`,
        modelId: MODEL,
        modelApiKey: KEY,
      });
      await chat.answered(hello, { timeoutMs: FIRST_ANSWER_MS });
      expect(await chat.answerTo("And what is it?")).toContain("MARZIPAN");

      const turns = world.models.calls.filter(({ turn }) => turn !== undefined);
      expect(turns.length).toBeGreaterThanOrEqual(2);
      for (const { path, keys, turn } of turns) {
        expect([path, turn?.model]).toEqual(["/api/v1/chat/completions", MODEL]);
        expect(Object.values(keys)).toEqual([expect.stringContaining(KEY)]);
        expect(turn?.options).toMatchObject({
          stream_options: { include_usage: true },
          max_tokens: expect.any(Number),
        });
        expect(turn?.options).not.toHaveProperty("max_completion_tokens");
      }
      expect(await world.hostsThatSaw(KEY)).toEqual([world.address]);
      const everything =
        "cat /proc/[0-9]*/environ; find / -xdev -type f -newer /run/berth -size -1000k -exec cat {} +";
      expect(inside(chat.id, "sh", "-c", `{ ${everything}; } 2>/dev/null; true`)).not.toContain(KEY);

      await expect.poll(async () => (await usage()).openRequests, { timeout: 30_000 }).toBe(0);
      const { total } = await usage();
      expect(total.requests).toBe(turns.length);
      expect(total).toMatchObject({ usd: 0, unpricedRequests: turns.length });
      expect(total.tokens).toBe(total.input + total.output);
      expect(total.output).toBeGreaterThan(0);
    });

    it("changes over to another provider and back, and is answered by each", async () => {
      const claude = { modelProvider: "anthropic", modelId: "claude-haiku-4-5-20251001" };
      expect((await chat.change({ ...claude, modelApiKey: "sk-ant-customers-0123456789" })).state).toBe(
        "succeeded",
      );
      await chat.answerTo("Who are you now?", { timeoutMs: FIRST_ANSWER_MS });
      expect(world.models.calls.at(-1)?.provider).toBe("anthropic");
      const baseUrl = `http://${world.address}/openrouter/api/v1`;
      const back = { modelProvider: "openai-compatible", baseUrl, modelId: MODEL, modelApiKey: KEY };
      expect((await chat.change(back)).state).toBe("succeeded");
      await chat.answerTo("And who again?", { timeoutMs: FIRST_ANSWER_MS });
      expect(world.models.calls.at(-1)?.path).toBe("/api/v1/chat/completions");
      await chat.remove();
    });

    interface Usage {
      readonly total: Readonly<
        Record<"requests" | "tokens" | "input" | "output" | "usd" | "unpricedRequests", number>
      >;
      readonly openRequests: number;
    }

    async function usage(): Promise<Usage> {
      return (await berth.call("GET", `${chat.id}/usage`)).body.data as unknown as Usage;
    }
  },
);
