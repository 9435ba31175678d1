// What status says of an assistant's conversations. The assistant's plugin is a fake on loopback, and so are its model's
// provider and Telegram; there is no worker, and the watcher looks when a test says so.
import { sql as raw } from "kysely";
import { pino } from "pino";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MODEL_APIS } from "../../infra/assistant/model-apis.ts";
import { recordSilence } from "../../stacks/usage/silence.ts";
import { askAll, type Verdicts } from "../../stacks/watch/conversation.ts";
import {
  ACTIVATION,
  BOT_SECRET,
  MODEL_KEY,
  newBotToken,
  startTestBerth,
  type TestBerth,
} from "../support/berth.ts";
import { ModelApi } from "../support/model-api.ts";
import { FakePlugin, QUIET } from "../support/plugin.ts";
import { activeByRecord, carryOut, reported } from "../support/settled.ts";
import { Telegram, UNAUTHORIZED } from "../support/telegram.ts";

const MODEL = `/v1/models/${ACTIVATION.modelId}`;
const RESTART = "POST /berth/channel/restart";
const refused = (status: number, type: string) => ({ status, body: { type: "error", error: { type } } });
const accepted = { status: 200, body: { id: ACTIVATION.modelId } };
const GIVEN_UP = { isConnected: false, hasFailed: true, hasGivenUp: true, isContested: false };

const plugin = new FakePlugin();
const provider = new ModelApi();
const telegram = new Telegram();
let modelApis: typeof MODEL_APIS;
let telegramApi: string;
let berth: TestBerth;
let telegramBotToken: string;
let id: string;

beforeAll(async () => {
  await plugin.open();
  [modelApis, telegramApi] = [await provider.open(), await telegram.open()];
  const settings = { BERTH_ROLE: "api", BERTH_MODEL_CHECK: "on" };
  berth = await startTestBerth(73, settings, undefined, { modelApis, telegramApi });
});
afterAll(async () => {
  await berth.close();
  for (const server of [plugin, provider, telegram]) server.close();
});
beforeEach(async () => {
  telegramBotToken = telegram.issue(newBotToken());
  // The one that a test before has left is asked no more, and leaves its place to this one.
  const deleted = id && (await berth.call("DELETE", id)).body.data;
  if (deleted) await carryOut(berth.installation.sql, String(deleted.operationId));
  id = await activeByRecord(berth, plugin.url, { telegramBotToken });
  await plugin.standInFor(berth, id);
  plugin.status = QUIET;
  plugin.instead.clear();
  plugin.asked.length = 0;
  provider.answers = { [MODEL]: accepted };
  provider.asked.length = 0;
});

describe("status, with a fake plugin,", () => {
  it("knows nothing before the assistant was asked, then what its plugin says", async () => {
    const unknown = { lastMessageAt: null, lastAnswerAt: null, lastError: null, lastErrorAt: null };
    expect(await status()).toMatchObject({ channel: null, ...unknown });
    const [asked, answered] = [ago(9), ago(7)];
    plugin.status = { ...QUIET, lastMessageAt: asked, lastAnswerAt: answered };
    expect(await lookedAt()).toMatchObject({
      channel: { state: "polling", since: expect.any(String) },
      lastMessageAt: iso(asked),
      lastAnswerAt: iso(answered),
      lastError: null,
      warning: null,
    });
  });

  it("keeps its times when the plugin was started anew, and its channel while that stays", async () => {
    plugin.status = { ...QUIET, lastMessageAt: ago(9), lastAnswerAt: ago(7) };
    const first = await lookedAt();
    plugin.status = QUIET;
    const { channel, lastMessageAt, lastAnswerAt } = first;
    expect(await lookedAt()).toMatchObject({ channel, lastMessageAt, lastAnswerAt });
  });

  it.each([
    ["is of another form", { status: 200, body: { ...QUIET, lastMessageAt: "yesterday" } }],
    ["is no JSON", { status: 200, body: "{" }],
    ["is too long", { status: 200, body: { ...QUIET, more: "x".repeat(80_000) } }],
    ["is another program's", { status: 200, body: "<html>", type: "text/html" }],
    ["is a refusal", { status: 401, body: { error: "Unauthorized" } }],
  ])("stays as it was when an answer %s", async (_name, given) => {
    plugin.status = { ...QUIET, lastMessageAt: ago(9) };
    const before = await lookedAt();
    plugin.instead.set("GET /berth/status", given);
    expect(await lookedAt()).toEqual(before);
  });

  it("is written only when there is something new", async () => {
    await lookedAt();
    const before = await rowVersion();
    await lookedAt();
    expect(await rowVersion()).toBe(before);
    plugin.status = { ...QUIET, lastMessageAt: ago(1) };
    await lookedAt();
    expect(await rowVersion()).not.toBe(before);
  });

  it("has nothing of what the plugin says besides: no content, and no secret", async () => {
    const body = {
      ...QUIET,
      ...failing("model", 401),
      text: "what somebody wrote",
      sender: "somebody",
      token: telegramBotToken,
      key: MODEL_KEY,
      channel: { ...QUIET.channel, lastError: `bot${telegramBotToken}` },
    };
    plugin.instead.set("GET /berth/status", { status: 200, body });
    const text = JSON.stringify(await lookedAt());
    expect(text).toContain("MODEL_KEY_REFUSED");
    for (const canary of ["somebody", BOT_SECRET, MODEL_KEY]) expect(text).not.toContain(canary);
  });

  it("says nothing of the channel of one that is not active, and begins anew after an operation", async () => {
    plugin.status = { ...QUIET, lastMessageAt: ago(9) };
    const { channel, lastMessageAt } = await lookedAt();
    const { body } = await berth.call("POST", `${id}/redeploy`, {});
    expect(await status()).toMatchObject({ status: "deploying", channel: null, lastMessageAt });
    await succeed(String(body.data?.operationId));
    expect(await status()).toMatchObject({ status: "active", channel: null, lastMessageAt });
    const again = await lookedAt();
    expect(again.channel).toMatchObject({ state: "polling" });
    expect(again.channel).not.toEqual(channel);
  });

  it("is not asked for while an operation waits, or what runs is not what it should be", async () => {
    const seen = { state: "paused", detail: "Its container is paused.", since: iso(ago(1)) };
    await change({ seen: JSON.stringify(seen) });
    await lookedAt();
    expect(plugin.asked).toEqual([]);
    await change({ seen: null });
    await berth.call("PATCH", id, { allowFrom: [1] });
    await lookedAt();
    expect(plugin.asked).toEqual([]);
  });
});

describe("the warning", () => {
  it("comes when the model fails, stays with its time, and goes when an answer works", async () => {
    plugin.status = failing("model", 529);
    const first = await lookedAt();
    expect(first).toMatchObject({
      status: "active",
      warning: { cause: { code: "MODEL_UNAVAILABLE", message: expect.stringContaining("answers 529") } },
      lastError: "The assistant got no answer from anthropic (HTTP 529).",
      lastErrorAt: expect.any(String),
    });
    plugin.status = failing("model", 500);
    const second = await lookedAt();
    expect(second.warning).toMatchObject({ cause: { message: expect.stringContaining("answers 500") } });
    expect(second.warning?.since).toBe(first.warning?.since);
    plugin.status = { ...QUIET, lastAnswerAt: Date.now() };
    const { warning, lastError } = await lookedAt();
    expect(warning).toBeNull();
    expect(lastError).toMatch(/HTTP 500/);
    expect((await record()).model_check_at?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it.each([
    ["refuses the key", refused(401, "authentication_error"), "MODEL_KEY_REFUSED", /refuses the model key/],
    ["has no such model", refused(404, "not_found_error"), "MODEL_UNKNOWN", /no model/],
    ["takes both", accepted, "MODEL_UNAVAILABLE", /does not answer/],
    ["does not answer", { status: 503, body: {} }, "MODEL_UNAVAILABLE", /does not answer/],
  ])("says what the provider says: it %s", async (_name, given, code, words) => {
    plugin.status = failing("model", null);
    provider.answers = { [MODEL]: given };
    expect((await lookedAt()).warning?.cause).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(provider.asked.at(-1)?.headers["x-api-key"]).toBe(MODEL_KEY);
  });

  it("comes while the gateway waits for a stream that does not begin, and goes with the request", async () => {
    const { sql } = berth.installation;
    const request = { id: uuidv7(), deployment_id: id, gateway_id: uuidv7(), at: new Date() };
    const asked = { provider: "anthropic", model: "claude", worst_tokens: 1, worst_microdollars: 1 } as const;
    await sql
      .insertInto("model_requests")
      .values({
        ...request,
        ...asked,
        state: "open",
        microdollars: null,
        status: null,
        duration_ms: null,
        silent_since: null,
      })
      .execute();
    expect((await lookedAt()).warning).toBeNull();
    await recordSilence(sql, request.id, true);
    expect((await lookedAt()).warning?.cause).toMatchObject({
      code: "MODEL_UNAVAILABLE",
      message: expect.stringContaining("sends nothing"),
    });
    await recordSilence(sql, request.id, false);
    expect((await lookedAt()).warning).toBeNull();
    await recordSilence(sql, request.id, true);
    await sql.updateTable("model_requests").set({ state: "settled" }).where("id", "=", request.id).execute();
    expect((await lookedAt()).warning).toBeNull();
  });

  it("asks the provider once a minute, and not at all where it is not to be asked, or nothing fails", async () => {
    const verdicts: Verdicts = new Map();
    plugin.status = failing("model", 429);
    for (let times = 0; times < 3; times++) await lookedAt({ verdicts });
    expect(provider.asked).toHaveLength(1);
    plugin.status = QUIET;
    await lookedAt({ verdicts });
    plugin.status = failing("delivery", null);
    expect((await lookedAt({ verdicts })).warning?.cause.code).toBe("ANSWER_REFUSED");
    plugin.status = failing("model", 401);
    expect((await lookedAt({ modelApis: undefined })).warning?.cause.code).toBe("MODEL_KEY_REFUSED");
    expect(provider.asked).toHaveLength(1);
    // After it was well in between, the provider is asked at once.
    await lookedAt({ verdicts });
    expect(provider.asked).toHaveLength(2);
  });

  it("of a failure is over once the settings were changed: the plugin knows of the failure still", async () => {
    plugin.status = failing("model", 401);
    expect((await lookedAt()).warning?.cause.code).toBe("MODEL_KEY_REFUSED");
    await berth.call("PATCH", id, { modelApiKey: "sk-ant-another-0123456789" });
    await succeed(String((await record()).operation_id));
    expect((await lookedAt()).warning).toBeNull();
    plugin.status = failing("model", 401);
    expect((await lookedAt()).warning?.cause.code).toBe("MODEL_KEY_REFUSED");
  });

  it("of a change that the assistant has refused is what it was", async () => {
    plugin.status = failing("model", 401);
    await lookedAt();
    await berth.call("PATCH", id, { modelId: "claude-other" });
    const cause = { code: "SETTINGS_NOT_TAKEN", message: "Refused." };
    const ending = { state: "failed", cause, back: { status: "active" } } as const;
    await carryOut(berth.installation.sql, String((await record()).operation_id), ending);
    expect((await lookedAt()).warning?.cause.code).toBe("MODEL_KEY_REFUSED");
  });

  it("stands once where the provider was asked both ways", async () => {
    const cause = { code: "MODEL_KEY_REFUSED", message: "The same, found by the daily question." };
    await change({ model_warning: JSON.stringify({ cause, since: iso(ago(1)) }) });
    plugin.status = failing("model", 401);
    const { warning } = await lookedAt();
    expect(warning?.cause.message).not.toContain("Besides");
    plugin.status = failing("delivery", null);
    expect((await lookedAt()).warning?.cause.message).toMatch(/Besides \(MODEL_KEY_REFUSED\)/);
  });
});

describe("a channel that OpenClaw has given up", () => {
  it("is BOT_REFUSED, and left alone while Telegram refuses the token", async () => {
    plugin.status = { ...QUIET, channel: GIVEN_UP };
    telegram.instead.set(telegramBotToken, UNAUTHORIZED);
    expect(await lookedAt()).toMatchObject({
      channel: { state: "refused" },
      warning: { cause: { code: "BOT_REFUSED", message: expect.stringContaining("PATCH telegramBotToken") } },
    });
    expect(plugin.asked).not.toContain(RESTART);
  });

  it("is started again once Telegram takes the token, and not where Telegram is not to be asked", async () => {
    plugin.status = { ...QUIET, channel: GIVEN_UP };
    await lookedAt({ telegramApi: undefined });
    expect(plugin.asked).not.toContain(RESTART);
    await lookedAt();
    expect(plugin.asked).toContain(RESTART);
    plugin.status = QUIET;
    expect(await lookedAt()).toMatchObject({ channel: { state: "polling" }, warning: null });
  });

  it("which can't be started is tried again the next time", async () => {
    plugin.status = { ...QUIET, channel: GIVEN_UP };
    plugin.instead.set(RESTART, { status: 409, body: { error: "Not now." } });
    await lookedAt();
    await lookedAt();
    expect(plugin.asked.filter((call) => call === RESTART)).toHaveLength(2);
  });

  it("is another matter than one that somebody else reads", async () => {
    plugin.status = { ...QUIET, channel: { ...GIVEN_UP, hasGivenUp: false, isContested: true } };
    expect((await lookedAt()).warning?.cause).toMatchObject({
      code: "BOT_REFUSED",
      message: expect.stringContaining("another program"),
    });
    expect(plugin.asked).not.toContain(RESTART);
  });
});

interface Status extends Record<string, unknown> {
  readonly warning: {
    readonly cause: { readonly code: string; readonly message: string };
    readonly since: string;
  } | null;
}

async function status(): Promise<Status> {
  return (await berth.call("GET", `${id}/status`)).body.data as unknown as Status;
}

/** Has the watcher look once, with nothing known of what providers have said before unless it is given. */
async function lookedAt({
  verdicts = new Map(),
  ...given
}: {
  readonly verdicts?: Verdicts;
  readonly modelApis?: undefined;
  readonly telegramApi?: undefined;
} = {}): Promise<Status> {
  const parts = { ...berth.installation, modelApis, telegramApi, log: pino({ level: "silent" }) };
  await askAll({ ...parts, ...given }, verdicts);
  return status();
}

async function record() {
  return berth.installation.sql
    .selectFrom("deployments")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
}

/** Another text for each time that the row was written. */
async function rowVersion(): Promise<string> {
  const version = raw<string>`xmin::text`.as("version");
  const { sql } = berth.installation;
  const found = await sql.selectFrom("deployments").select(version).where("id", "=", id).executeTakeFirst();
  return found?.version ?? "";
}

async function change(columns: {
  readonly seen?: string | null;
  readonly model_warning?: string;
}): Promise<void> {
  await berth.installation.sql.updateTable("deployments").set(columns).where("id", "=", id).execute();
}

async function succeed(operationId: string): Promise<void> {
  const outputs = reported(id, plugin.url);
  await carryOut(berth.installation.sql, operationId, { state: "succeeded", outputs });
}

function failing(kind: "model" | "delivery", answered: number | null) {
  const at = Date.now();
  return { ...QUIET, failure: { kind, status: answered, since: at, at } };
}

/** Milliseconds since 1970. */
function ago(seconds: number): number {
  return Date.now() - seconds * 1000;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
