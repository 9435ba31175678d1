// A managed assistant talks through the whole of Berth: the operator's key stays with the gateway, every token of the fake
// provider's is counted, and a limit that is reached is said in the chat.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newBotToken, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { Chat, FIRST_ANSWER_MS, KNOWN_MODEL } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { filesWith } from "../support/conversation/inside.ts";
import { MODEL_HOSTS } from "../support/conversation/models.ts";
import { inside } from "../support/docker.ts";

const SLICE = 92;
const OPERATORS_KEY = "sk-ant-operators-own-0123456789";
const CONVERSATION_MS = ACTIVE_MS + 900_000;

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)(
  "a managed assistant (skipped without root and a nameserver)",
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
        BERTH_ANTHROPIC_API_KEY: OPERATORS_KEY,
      });
      chat = new Chat({ world, berth, id: await paidSlot(berth, "managed"), token: newBotToken() });
    });
    afterAll(async () => {
      await berth?.close();
      world?.close();
    });

    it("is answered, and neither it nor any other host ever sees the operator's key", async () => {
      const hello = "Hello, my word is MARZIPAN.";
      await chat.say(hello);
      await chat.activate({ modelApiKey: undefined, modelId: KNOWN_MODEL });
      await chat.answered(hello, { timeoutMs: FIRST_ANSWER_MS });
      expect(await chat.answerTo("And what is it?")).toContain("MARZIPAN");
      expect(await world.hostsThatSaw(OPERATORS_KEY)).toEqual([world.address]);
      const token = JSON.stringify(inside(chat.id, "sh", "-c", "cat /run/berth/*.json")).match(
        /brm_[\w-]{43}/,
      )?.[0];
      expect(token).toBeDefined();
      expect(await world.hostsThatSaw(token ?? "")).toEqual([]);
      expect(filesWith(chat.id, OPERATORS_KEY)).toEqual([]);
    });

    it("is counted, a request of the provider's each", async () => {
      const asked = () =>
        world.models.calls.filter(
          ({ host, path }) => host === MODEL_HOSTS.anthropic && /\/v1\/messages$/.test(path),
        );
      await expect.poll(async () => (await usage()).openRequests, { timeout: 30_000 }).toBe(0);
      const { total } = await usage();
      expect(total.requests).toBe(asked().length);
      expect(total.tokens).toBeGreaterThan(0);
      expect(total.unpricedRequests).toBe(0);
    });

    it("says that its limit is reached, in the chat, and goes on once that is raised", async () => {
      const { present } = await usage();
      await berth.call("PATCH", chat.id, { limits: { month: { tokens: present.month.tokens } } });
      await chat.say("Are you still there?");
      await chat.heard("monthly usage limit of this assistant is reached");
      expect((await chat.warned("LIMIT_REACHED")).status).toBe("active");
      await berth.call("PATCH", chat.id, { limits: null });
      await chat.untilAnswered();
      await chat.warned(null);
    });

    it("is refused at once when it is stopped, and talks again with another token", async () => {
      await chat.stop();
      const before = world.models.calls.length;
      await chat.say("Written while you were away.");
      await chat.redeploy();
      await chat.answered("Written while you were away.", { timeoutMs: FIRST_ANSWER_MS });
      expect(world.models.calls.length).toBeGreaterThan(before);
      await chat.remove();
    });

    interface Usage {
      readonly total: {
        readonly requests: number;
        readonly tokens: number;
        readonly unpricedRequests: number;
      };
      readonly present: { readonly month: { readonly tokens: number } };
      readonly openRequests: number;
    }

    async function usage(): Promise<Usage> {
      return (await berth.call("GET", `${chat.id}/usage`)).body.data as unknown as Usage;
    }
  },
);
