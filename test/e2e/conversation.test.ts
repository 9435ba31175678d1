// A real conversation: a user writes to a bot, and real OpenClaw, activated by a real Berth, answers with what a model says.
// Telegram and the provider are fakes that speak the real protocols at the real names.
import { setTimeout as sleep } from "node:timers/promises";
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
import { docker, inside } from "../support/docker.ts";
import { handedSecrets } from "../support/handed.ts";

const SLICE = 60;
const USER = 555;
const STRANGER = 777;
const SONNET = "claude-sonnet-4-5-20250929";
const NEW_KEY = "sk-ant-another-canary-0123456789";
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
  let id: string;

  beforeAll(async () => {
    world = await openWorld(SLICE, { certified: UNASKED });
    berth = await startTestBerth(SLICE, world.environment);
    await world.telegram.say(token, USER, "Hello, my secret word is MARZIPAN.");
    id = await paidSlot(berth);
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

  it("its status tells that Telegram is polled, and when who wrote what was answered", async () => {
    const now = await told(({ lastAnswerAt, lastMessageAt }) => lastAnswerAt >= lastMessageAt);
    expect(now).toMatchObject({ channel: { state: "polling" }, lastError: null, warning: null });
    expect(JSON.stringify(now)).not.toContain("MARZIPAN");
  });

  it("PATCH gives it another model and key while it runs, and it goes on with the conversation", async () => {
    const before = await containerId();
    await change({ modelId: SONNET, modelApiKey: NEW_KEY });
    const { text } = await answerTo("Who are you now?");
    expect(text).toContain(`I am the fake ${SONNET}.`);
    expect(text).toContain("3 turns: Hello, my secret word is MARZIPAN. /");
    expect(await containerId()).toBe(before);
    expect(handedSecrets(id).models).toEqual({ anthropic: NEW_KEY });
    // Nobody can read the old one any more.
    expect(inside(id, "sh", "-c", "cat /run/berth/*.json")).not.toContain(MODEL_KEY);
  });

  it("a change that it refuses is taken back: the old settings are in force, and its record says so", async () => {
    edit((settings) => Object.assign(settings, { nonsense: true }));
    const operation = await change({ modelId: "claude-opus-5" });
    expect(operation).toMatchObject({ state: "failed", error: { code: "SETTINGS_NOT_TAKEN" } });
    expect(operation.error?.message).toContain("nonsense");
    const { body } = await berth.call("GET", id);
    expect(body.data).toMatchObject({ status: "active", modelId: SONNET });
    expect((await answerTo("Still the same?")).text).toContain(`I am the fake ${SONNET}.`);
    edit((settings) => Reflect.deleteProperty(settings, "nonsense"));
  });

  it("a refused key is a warning within half a minute of the first message, and gone with the first answer", async () => {
    await world.models.set("anthropic", { answers: "key refused" });
    const since = Date.now();
    await world.telegram.say(token, USER, "Anybody there?");
    const refused = await told(({ warning }) => warning !== null);
    expect(Date.now() - since).toBeLessThan(30_000);
    expect(refused).toMatchObject({ warning: { cause: { code: "MODEL_KEY_REFUSED" } } });
    expect(refused.lastError).toBe("The assistant got no answer from anthropic (HTTP 401).");
    await world.models.set("anthropic", { answers: "normal" });
    await change({ modelApiKey: MODEL_KEY });
    await untilAnswered();
    await told(({ warning }) => warning === null);
  });

  it("what is written while it is stopped is answered after redeploy, with what was said before", async () => {
    await berth.call("POST", `${id}/stop`, {});
    await waitForStatus(berth, id, "stopped");
    await world.telegram.say(token, USER, "Written while you were away");
    await berth.call("POST", `${id}/redeploy`, {});
    await waitForStatus(berth, id, "active", ACTIVE_MS);
    const { text } = await heard(USER, "You said «Written while you were away»", FIRST_ANSWER_MS);
    expect(text).toContain("Hello, my secret word is MARZIPAN. /");
  });

  it("a stranger is told Berth's call, is let in by it, and told so", async () => {
    const before = await containerId();
    await change({ allowFrom: [] });
    await world.telegram.say(token, STRANGER, "Let me in");
    const asked = await heard(STRANGER, "does not answer you yet", FIRST_ANSWER_MS);
    expect(asked.text).toContain(`POST /api/v1/assistants/${id}/pairing/approve`);
    expect(asked.text).not.toContain("openclaw");
    const { body } = await berth.call("GET", `${id}/pairing`);
    const [waiting] = body.data as unknown as { code: string; userId: string }[];
    expect(waiting).toMatchObject({ userId: `${STRANGER}` });
    expect(asked.text).toContain(waiting?.code);
    const approved = await berth.call("POST", `${id}/pairing/approve`, { code: waiting?.code });
    expect(approved.body.data).toMatchObject({ isNotified: true });
    await heard(STRANGER, "access approved");
    await world.telegram.say(token, STRANGER, "Thank you");
    expect((await heard(STRANGER, "You said «Thank you»", FIRST_ANSWER_MS)).text).toContain(
      `I am the fake ${SONNET}.`,
    );
    const again = await berth.call("POST", `${id}/pairing/approve`, { code: waiting?.code });
    expect(again.status).toBe(404);
    expect(await containerId()).toBe(before);
  });

  it("the key went to its provider alone, in the header for it, and the token to Telegram alone", async () => {
    const { calls } = world.models;
    expect(calls.filter(({ kind }) => kind === "turn").length).toBeGreaterThanOrEqual(2);
    for (const { provider, keys } of calls)
      expect(["", MODEL_KEY, NEW_KEY]).toContain(provider === "anthropic" ? keys["x-api-key"] : "");
    expect(world.elsewhere.filter(({ keys }) => Object.keys(keys).length > 0)).toEqual([]);
    for (const key of [MODEL_KEY, NEW_KEY])
      expect(await world.hostsThatSaw(key)).toEqual([MODEL_HOSTS.anthropic]);
    expect(await world.hostsThatSaw(token)).toEqual([TELEGRAM_HOST]);
  });

  /** One change by PATCH, and the operation that it has made. */
  async function change(body: Record<string, unknown>): Promise<Operation> {
    const before = (await status()).operation.id;
    expect((await berth.call("PATCH", id, body)).status).toBe(200);
    const isOver = ({ operation }: Told) => operation.id !== before && operation.finishedAt !== null;
    const ended = await told(isOver, ACTIVE_MS);
    expect(ended.operation.kind).toBe("patch");
    return ended.operation;
  }

  async function status(): Promise<Told> {
    return (await berth.call("GET", `${id}/status`)).body.data as unknown as Told;
  }

  /** The first status that is as wanted. */
  async function told(isWanted: (status: Told) => boolean, timeoutMs = ANSWER_MS): Promise<Told> {
    for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(200)) {
      const now = await status();
      if (isWanted(now)) return now;
    }
    throw new Error(`Not so: ${JSON.stringify(await status())}`);
  }

  async function answerTo(text: string): Promise<{ readonly text: string }> {
    await world.telegram.say(token, USER, text);
    return heard(USER, `You said «${text}»`);
  }

  /** OpenClaw asks a provider that has refused a key not again for a minute, whatever the key is by then. */
  async function untilAnswered(): Promise<void> {
    for (let question = 1; question <= 10; question++) {
      const isAnswered = await world.telegram
        .say(token, USER, `Now? ${question}`)
        .then(() => heard(USER, `You said «Now? ${question}»`, 15_000))
        .then(
          () => true,
          () => false,
        );
      if (isAnswered) return;
    }
    throw new Error("It does not answer any more.");
  }

  function heard(user: number, marker: string, timeoutMs = ANSWER_MS) {
    return world.telegram.heard(token, user, ({ text }) => text.includes(marker), timeoutMs);
  }

  async function containerId(): Promise<string> {
    return (await docker.getContainer(`berth-${id}`).inspect()).Id;
  }

  /** As its agent does it. */
  function edit(by: (settings: Record<string, unknown>) => unknown): void {
    const file = "/home/node/.openclaw/openclaw.json";
    const settings = JSON.parse(inside(id, "cat", file));
    by(settings);
    const text = Buffer.from(JSON.stringify(settings, null, 2)).toString("base64");
    inside(id, "sh", "-c", `echo ${text} | base64 -d > ${file}.edited && mv ${file}.edited ${file}`);
  }
});

interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly finishedAt: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

interface Told {
  readonly operation: Operation;
  readonly warning: unknown;
  readonly lastMessageAt: string;
  readonly lastAnswerAt: string;
  readonly lastError: string | null;
}
