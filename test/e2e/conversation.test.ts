// A real conversation: a user writes to a bot, and real OpenClaw, activated by a real Berth, answers with what a model says.
// Telegram and the provider are fakes that speak the real protocols at the real names.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCodeCache } from "../../infra/docker/code-cache/find.ts";
import { CODE_CACHE_PATH } from "../../infra/docker/code-cache/names.ts";
import { isUidOf } from "../../infra/docker/user.ts";
import { MODEL_KEY, newBotToken, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { ANSWER_MS, Chat, FIRST_ANSWER_MS, KNOWN_MODEL } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { MODEL_HOSTS } from "../support/conversation/models.ts";
import { TELEGRAM_HOST } from "../support/conversation/telegram.ts";
import { docker, inside, labelled, NOTHING } from "../support/docker.ts";
import { handedSecrets } from "../support/handed.ts";
import { itAtLength } from "../support/matrix.ts";

const SLICE = 60;
const HELLO = "Hello, my secret word is MARZIPAN.";
const STRANGER = 777;
const SONNET = "claude-sonnet-4-5-20250929";
const NEW_KEY = "sk-ant-another-canary-0123456789";
/** Hosts that OpenClaw calls unasked: with a certificate, what they are told is seen. */
const UNASKED = ["clawhub.ai", "catalog.openclaw.ai"];

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)("a conversation (skipped without root and a nameserver)", () => {
  const token = newBotToken();
  let world: World;
  let berth: TestBerth;
  let id: string;
  let chat: Chat;

  beforeAll(async () => {
    world = await openWorld(SLICE, { certified: UNASKED });
    berth = await startTestBerth(SLICE, world.environment);
    id = await paidSlot(berth);
    chat = new Chat({ world, berth, id, token });
    await chat.say(HELLO);
    await chat.activate();
  });
  afterAll(async () => {
    await berth?.close();
    world?.close();
  });

  it("who wrote before the assistant was there is answered with the model's words", async () => {
    const { text } = await chat.answered(HELLO, { timeoutMs: FIRST_ANSWER_MS });
    expect(text).toContain(`I am the fake ${KNOWN_MODEL}.`);
    expect(text).toContain(`I was shown 1 turn: ${HELLO}`);
  });

  it("the second message is answered by a model that is shown the first", async () => {
    const text = await chat.answerTo("What is my secret word?");
    expect(text).toContain(`2 turns: ${HELLO} / What is my secret word?`);
  });

  it("its status tells that Telegram is polled, and when who wrote what was answered", async () => {
    const now = await chat.told(({ lastAnswerAt, lastMessageAt }) => lastAnswerAt >= lastMessageAt);
    expect(now).toMatchObject({ channel: { state: "polling" }, lastError: null, warning: null });
    expect(JSON.stringify(now)).not.toContain("MARZIPAN");
  });

  it("PATCH gives it another model and key while it runs, and it goes on with the conversation", async () => {
    const before = await chat.containerId();
    const changed = await chat.change({ modelId: SONNET, modelApiKey: NEW_KEY });
    expect(changed).toMatchObject({ kind: "patch", state: "succeeded" });
    const text = await chat.answerTo("Who are you now?");
    expect(text).toContain(`I am the fake ${SONNET}.`);
    expect(text).toContain(`3 turns: ${HELLO} /`);
    expect(await chat.containerId()).toBe(before);
    expect(handedSecrets(id).models).toEqual({ anthropic: NEW_KEY });
    // Nobody can read the old one any more.
    expect(inside(id, "sh", "-c", "cat /run/berth/*.json")).not.toContain(MODEL_KEY);
  });

  itAtLength(
    "a change that it refuses is taken back: the old settings are in force, and its record says so",
    async () => {
      chat.edit((settings) => Object.assign(settings, { nonsense: true }));
      const operation = await chat.change({ modelId: "claude-opus-5" });
      expect(operation).toMatchObject({ state: "failed", error: { code: "SETTINGS_NOT_TAKEN" } });
      expect(operation.error?.message).toContain("nonsense");
      const { body } = await berth.call("GET", id);
      expect(body.data).toMatchObject({ status: "active", modelId: SONNET });
      expect(await chat.answerTo("Still the same?")).toContain(`I am the fake ${SONNET}.`);
      chat.edit((settings) => Reflect.deleteProperty(settings, "nonsense"));
    },
  );

  itAtLength(
    "a refused key is a warning within half a minute of the first message, and gone with the first answer",
    async () => {
      await world.models.set("anthropic", { answers: "key refused" });
      const since = Date.now();
      await chat.say("Anybody there?");
      const refused = await chat.told(({ warning }) => warning !== null);
      expect(Date.now() - since).toBeLessThan(30_000);
      expect(refused).toMatchObject({ warning: { cause: { code: "MODEL_KEY_REFUSED" } } });
      expect(refused.lastError).toBe("The assistant got no answer from anthropic (HTTP 401).");
      await world.models.set("anthropic", { answers: "normal" });
      await chat.change({ modelApiKey: MODEL_KEY });
      await chat.untilAnswered();
      await chat.told(({ warning }) => warning === null);
    },
  );

  itAtLength(
    "what is written while it is stopped is answered after redeploy, with what was said before",
    async () => {
      const image = String(world.environment.BERTH_ASSISTANT_IMAGE);
      await expect.poll(() => findCodeCache(image), { timeout: ACTIVE_MS }).toBeDefined();
      await chat.stop();
      await chat.say("Written while you were away");
      expect(await chat.redeploy()).toMatchObject({ state: "succeeded" });
      const { text } = await chat.answered("Written while you were away", { timeoutMs: FIRST_ANSWER_MS });
      expect(text).toContain(`${HELLO} /`);
      const compiled = inside(id, "sh", "-c", `ls ${CODE_CACHE_PATH}/node/*`).trim().split("\n");
      expect(compiled.length).toBeGreaterThan(1_000);
      expect(() => inside(id, "touch", `${CODE_CACHE_PATH}/node/mine`)).toThrow(/Read-only file system/);
    },
  );

  it("a stranger is told Berth's call, is let in by it, and told so", async () => {
    const before = await chat.containerId();
    await chat.change({ allowFrom: [] });
    const stranger = { user: STRANGER, timeoutMs: FIRST_ANSWER_MS };
    await chat.say("Let me in", STRANGER);
    const asked = await chat.heard("does not answer you yet", stranger);
    expect(asked.text).toContain(`POST /api/v1/assistants/${id}/pairing/approve`);
    expect(asked.text).not.toContain("openclaw");
    const { body } = await berth.call("GET", `${id}/pairing`);
    const [waiting] = body.data as unknown as { code: string; userId: string }[];
    expect(waiting).toMatchObject({ userId: `${STRANGER}` });
    expect(asked.text).toContain(waiting?.code);
    const approved = await berth.call("POST", `${id}/pairing/approve`, { code: waiting?.code });
    expect(approved.body.data).toMatchObject({ isNotified: true });
    await chat.heard("access approved", { ...stranger, timeoutMs: ANSWER_MS });
    expect(await chat.answerTo("Thank you", stranger)).toContain(`I am the fake ${SONNET}.`);
    const again = await berth.call("POST", `${id}/pairing/approve`, { code: waiting?.code });
    expect(again.status).toBe(404);
    expect(await chat.containerId()).toBe(before);
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

  it("it runs as nobody special, its container's settings hold no secret, and delete leaves nothing", async () => {
    const inspected = await docker.getContainer(`berth-${id}`).inspect();
    const [hostPort] = Object.values(inspected.HostConfig.PortBindings).flat() as { HostPort: string }[];
    expect(isUidOf(Number(hostPort?.HostPort), Number(inside(id, "id", "-u")))).toBe(true);
    const container = JSON.stringify(inspected);
    for (const secret of [MODEL_KEY, token]) expect(container).not.toContain(secret);
    await chat.remove();
    expect(await labelled(id)).toEqual(NOTHING);
  });
});
