// Real OpenClaw by way of the model gateway, at its provider's own name and by a URL, held against one that asks the provider
// itself: what a turn asks for, and what it costs.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { ModelGateway } from "../../infra/assistant/model-gateway.ts";
import type { KnownProvider } from "../../infra/assistant/openclaw.ts";
import type { DeploymentFacts } from "../../infra/target.ts";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { ANSWER_MS, beginChat, type Chat, KNOWN_MODEL } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { MODEL_HOSTS, type ModelCall } from "../support/conversation/models.ts";
import { type NamesGateway, openNamesGateway } from "../support/conversation/names-gateway.ts";
import { inside } from "../support/docker.ts";

const SLICE = 69;
const HELLO = "Hello, my word is MARZIPAN.";
const QUESTION = "What is it?";
const CONVERSATION_MS = 3 * ACTIVE_MS + 900_000;
const URL_HOST = "models.berth.example";

const canOpen = await canOpenWorld();

/** How the assistants that are brought up next reach their providers. */
const { way } = vi.hoisted(() => ({
  way: { form: "direct" as "direct" | "names" | "url", ca: "" },
}));
vi.mock("../../infra/docker/stack-config.ts", async (load) => {
  const { dockerConfig } = await load<typeof import("../../infra/docker/stack-config.ts")>();
  return { dockerConfig: (facts: DeploymentFacts, goal: never) => dockerConfig(led(facts), goal) };
});

const GATEWAYS: Readonly<Record<"names" | "url", ModelGateway>> = {
  names: { form: "names" },
  url: { form: "url", url: `https://${URL_HOST}` },
};

/** With a token in the place of the key. */
function led(facts: DeploymentFacts): DeploymentFacts {
  const { form, ca: gatewayCa } = way;
  if (form === "direct") return facts;
  return {
    ...facts,
    gatewayCa,
    reveal() {
      const revealed = facts.reveal();
      if (!revealed) return undefined;
      const { assistant, secrets } = revealed;
      const modelApiKey = tokenFor(secrets.modelProvider, form);
      return {
        assistant: { ...assistant, modelGateway: GATEWAYS[form] },
        secrets: { ...secrets, modelApiKey },
      };
    },
  };
}

const tokenFor = (provider: string, form: string) => `brm_${provider}_${form}_0123456789`;
const keyFor = (provider: string) => `key-of-${provider}-0123456789`;

/** What a URL changes, as docs/openclaw.md says. */
const LOST_BY_URL: Readonly<Record<KnownProvider, readonly string[]>> = {
  anthropic: ["beta", "options"],
  openai: ["tools", "options"],
  google: [],
  openrouter: [],
  xai: [],
};
/** A second model, which sums up what was said. */
const HAS_UTILITY_MODEL: readonly KnownProvider[] = ["anthropic", "openai"];
const ROWS: readonly (readonly [KnownProvider, string])[] = [
  ["anthropic", "claude-sonnet-5"],
  ["openai", "gpt-5.4"],
  ["google", "gemini-3.1-pro-preview"],
  ["openrouter", "anthropic/claude-sonnet-4.6"],
  ["xai", "grok-4.3"],
];

describe.skipIf(!canOpen)(
  "by the model gateway (skipped without root and a nameserver)",
  { timeout: CONVERSATION_MS },
  () => {
    let world: World;
    let berth: TestBerth;
    let gateway: NamesGateway;
    beforeAll(async () => {
      world = await openWorld(SLICE, { certified: [URL_HOST] });
      gateway = await openNamesGateway({
        subnetPool: `10.214.${SLICE}.0/24`,
        upstream: world.address,
        keyOf: (token) =>
          /^brm_([a-z]+)_names_/.test(token) ? keyFor(token.split("_")[1] ?? "") : undefined,
      });
      way.ca = gateway.ca;
      berth = await startTestBerth(SLICE, world.environment);
    });
    afterAll(async () => {
      await berth?.close();
      await gateway?.close();
      world?.close();
    });
    beforeEach(() => {
      way.form = "direct";
    });

    it.each(ROWS)(
      "%s: at its name the same is asked as without, and all of it goes by the gateway",
      async (...row) => {
        const [modelProvider] = row;
        const direct = await turnOf(...row, "direct");
        const named = await turnOf(...row, "names");
        const byUrl = await turnOf(...row, "url");
        for (const [form, call] of Object.entries({ direct, named, byUrl }))
          console.log(`${modelProvider} ${form}: ${JSON.stringify(call)}`);
        expect(without(named)).toEqual(without(direct));
        expect(Math.abs(named.bytes - direct.bytes)).toBeLessThan(1_000);
        expect(await world.hostsThatSaw(tokenFor(modelProvider, "names"))).toEqual([]);
        // From the assistant that asks by itself, and from the gateway, which finds the fakes by their address.
        const sawKey = [world.address, MODEL_HOSTS[modelProvider]];
        expect(await world.hostsThatSaw(keyFor(modelProvider))).toEqual(sawKey);
        expect(await world.hostsThatSaw(tokenFor(modelProvider, "url"))).toEqual([URL_HOST]);
        expect(without(byUrl, LOST_BY_URL[modelProvider])).toEqual(
          without(direct, LOST_BY_URL[modelProvider]),
        );
        expect(byUrl.cacheMarks).toBe(direct.cacheMarks);
        expect(gateway.problems).toEqual([]);
        const counted = { status: 200, usage: { input: expect.any(Number), output: expect.any(Number) } };
        expect(gateway.settled.at(-1)).toMatchObject(counted);
      },
    );

    it("another model leaves the container as it is, another provider makes another one that asks there alone", async () => {
      way.form = "names";
      const chat = await beginChat(world, berth, HELLO, chosen("anthropic", KNOWN_MODEL));
      const first = await chat.containerId();
      expect((await chat.change({ modelId: "claude-sonnet-5" })).state).toBe("succeeded");
      expect(await chat.answerTo("Who is it?")).toContain("I am the fake claude-sonnet-5.");
      expect(await chat.containerId()).toBe(first);
      expect((await chat.redeploy()).state).toBe("succeeded");
      expect(await chat.containerId()).toBe(first);

      const settled = await chat.change(chosen("google", "gemini-3.1-pro-preview"));
      expect(settled.state).toBe("succeeded");
      expect(await chat.containerId()).not.toBe(first);
      expect(await chat.answerTo("And now?")).toContain("I am the fake gemini-3.1-pro-preview.");
      const hosts = inside(chat.id, "cat", "/etc/hosts");
      expect(hosts).toContain(MODEL_HOSTS.google);
      expect(hosts).not.toContain(MODEL_HOSTS.anthropic);
      await chat.remove();
    });

    it("one that was made without the gateway goes by it from its next redeploy on, and back", async () => {
      const before = gateway.passed.length;
      const chat = await beginChat(world, berth, HELLO, chosen("xai", "grok-4.3"));
      expect(gateway.passed).toHaveLength(before);
      way.form = "names";
      await chat.redeploy();
      await chat.answerTo("Is it you?");
      const passed = gateway.passed.length;
      expect(passed).toBeGreaterThan(before);
      way.form = "direct";
      await chat.redeploy();
      await chat.answerTo("And again?");
      expect(gateway.passed).toHaveLength(passed);
      expect(inside(chat.id, "cat", "/home/node/.openclaw/openclaw.json")).not.toContain(
        "allowPrivateNetwork",
      );
      await chat.remove();
    });

    const chosen = (modelProvider: KnownProvider, modelId: string) => ({
      modelProvider,
      modelId,
      modelApiKey: keyFor(modelProvider),
    });

    /** What an assistant's second turn asks of the model. */
    async function turnOf(provider: KnownProvider, modelId: string, form: typeof way.form) {
      way.form = form;
      const since = Date.now();
      const passed = gateway.passed.length;
      const chat: Chat = await beginChat(world, berth, HELLO, chosen(provider, modelId));
      await chat.answerTo(QUESTION);
      const isIt = ({ at, turn }: ModelCall) =>
        at > since && turn?.turns.at(-1) === QUESTION && turn.tools.length > 0;
      const { path, turn, beta, bytes } = await world.models.asked(isIt, ANSWER_MS);
      const isUtility = (call: ModelCall) =>
        call.at > since && call.provider === provider && ![undefined, modelId].includes(call.turn?.model);
      if (HAS_UTILITY_MODEL.includes(provider)) await world.models.asked(isUtility, ANSWER_MS);
      await chat.remove();
      const ofProvider = () =>
        world.models.calls.filter((call) => call.at > since && call.provider === provider);
      await vi.waitFor(() => {
        const own = gateway.passed.slice(passed).filter((name) => name === provider);
        expect(own).toHaveLength(form === "names" ? ofProvider().length : 0);
      });
      const calls = ofProvider();
      const { tools = [], cacheMarks, options } = turn ?? {};
      return {
        path,
        tools,
        cacheMarks,
        beta,
        bytes,
        calls: kindsOf(calls),
        options: withoutIds(own(options)),
      };
    }

    /** How long a call is, and what else was called until the chat was over, is no part of what is asked. */
    function without(asked: object, more: readonly string[] = []): object {
      const others = ["bytes", "calls", ...more];
      return Object.fromEntries(Object.entries(asked).filter(([name]) => !others.includes(name)));
    }

    /** Each kind of call, with the models of those that answer. */
    function kindsOf(calls: readonly ModelCall[]): string[] {
      return [...new Set(calls.map(({ kind, turn }) => `${kind} ${turn?.model ?? ""}`.trim()))].sort();
    }

    /** Without what the gateway adds to streams of Chat Completions, to have them report their usage. */
    function own({ stream_options: _, ...options }: Readonly<Record<string, unknown>> = {}) {
      return options;
    }

    /** Ids are others in each conversation. */
    function withoutIds(options: unknown): unknown {
      return JSON.parse(
        JSON.stringify(options ?? {}).replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}/g, "id"),
      );
    }
  },
);
