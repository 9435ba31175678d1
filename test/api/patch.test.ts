// A change of an active assistant's settings: what is recorded when it is asked for, and when it has ended. No worker runs:
// operations are carried out in the records alone.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SETTINGS_NOT_TAKEN } from "../../stacks/causes.ts";
import { findOperation } from "../../stacks/operations/operations.ts";
import {
  ACTIVATION,
  type Answer,
  newBotToken,
  paidSlot,
  startTestBerth,
  type TestBerth,
} from "../support/berth.ts";
import { activeByRecord, carryOut, reported } from "../support/settled.ts";
import { Telegram } from "../support/telegram.ts";

const MODEL = { modelId: "claude-other", modelApiKey: "sk-ant-another-0123456789" };
const MASKED = { modelId: "claude-other", modelApiKey: "…6789" };
const ENDPOINT = "http://127.0.0.1:20000";
const REFUSED = {
  state: "failed",
  cause: { code: SETTINGS_NOT_TAKEN, message: "The assistant does not take the change." },
  back: { status: "active" },
} as const;

const telegram = new Telegram();
let berth: TestBerth;
let telegramBotToken: string;
let id: string;
beforeAll(async () => {
  const telegramApi = await telegram.open();
  const room = { BERTH_PORT_RANGE: "32216-32279", BERTH_SUBNET_POOL: "10.214.76.0/22" };
  berth = await startTestBerth(76, { BERTH_ROLE: "api", ...room }, undefined, { telegramApi });
});
afterAll(async () => {
  await berth.close();
  telegram.close();
});
beforeEach(async () => {
  const deleted = id && (await berth.call("DELETE", id)).body.data;
  if (deleted) await carryOut(berth.installation.sql, String(deleted.operationId));
  telegramBotToken = issued();
  id = await activeByRecord(berth, ENDPOINT, { telegramBotToken });
});

describe("PATCH of an active assistant", () => {
  it("queues one operation of kind patch; GET shows the new values, and the status stays active", async () => {
    const before = await operations();
    const { body } = await patched(MODEL);
    expect(body.data).toMatchObject({ status: "active", ...MASKED });
    expect(await shown()).toMatchObject({ status: "active", ...MASKED });
    const { status, operation } = await statusNow();
    expect({ status, operation }).toMatchObject({
      status: "active",
      operation: { kind: "patch", state: "queued", error: null },
    });
    expect(await operations()).toEqual(["patch", ...before]);
  });

  it.each([
    ["name", { name: "Another name" }],
    ["callbackUrl", { callbackUrl: null }],
    ["name and callbackUrl", { name: "Another name", callbackUrl: null }],
  ])("of %s alone makes no operation: the assistant knows nothing of it", async (_name, change) => {
    const before = await operations();
    const { body } = await patched(change);
    expect(body.data).toMatchObject(change);
    expect(await operations()).toEqual(before);
  });

  it.each(["stopped", "failed", "purchased"] as const)(
    "makes an operation there alone: not of one that is %s",
    async (status) => {
      await setStatus(status);
      const before = await operations();
      expect((await patched(MODEL)).body.data).toMatchObject({ status, ...MASKED });
      expect(await operations()).toEqual(before);
    },
  );

  it("that is repeated with its Idempotency-Key makes one operation", async () => {
    const headers = { "Idempotency-Key": crypto.randomUUID() };
    for (let times = 0; times < 2; times++)
      expect((await berth.call("PATCH", id, MODEL, headers)).status).toBe(200);
    expect((await operations()).filter((kind) => kind === "patch")).toHaveLength(1);
  });

  it("is not allowed any more once it is to be stopped or deleted", async () => {
    await patched(MODEL);
    await berth.call("POST", `${id}/stop`);
    const { status, body } = await berth.call("PATCH", id, MODEL);
    expect(status).toBe(409);
    expect(body.error).toMatchObject({ code: "INVALID_STATE", details: { currentState: "stopping" } });
  });

  it("that fails otherwise leaves it failed, with the settings that were asked for", async () => {
    await patched(MODEL);
    const cause = { code: "ENGINE_UNAVAILABLE", message: "The container engine is away." };
    await carryOut(berth.installation.sql, await latest(), { state: "failed", cause });
    expect(await shown()).toMatchObject({ status: "failed", ...MASKED });
  });
});

describe("fallback models", () => {
  const FALLBACKS = { fallbackModels: ["claude-sonnet-5", "claude-haiku-4-5"] };

  it("are none of a deployment that was never sent any; a change of them is the assistant's", async () => {
    expect(await shown()).toMatchObject({ fallbackModels: null });
    const before = await operations();
    expect((await patched(FALLBACKS)).body.data).toMatchObject({ status: "active", ...FALLBACKS });
    expect(await operations()).toEqual(["patch", ...before]);
    await patched({ fallbackModels: [] });
    expect(await shown()).toMatchObject({ fallbackModels: [] });
  });

  it("that the assistant refuses are taken back, to those before and to none", async () => {
    await refuse(await patch(FALLBACKS));
    expect(await shown()).toMatchObject({ status: "active", fallbackModels: null });
    await succeed(await patch(FALLBACKS));
    await refuse(await patch({ ...MODEL, fallbackModels: ["claude-opus-5"] }));
    expect(await shown()).toMatchObject({ ...FALLBACKS, modelId: ACTIVATION.modelId });
  });

  it.each([
    ["of another provider", { fallbackModels: ["openai/gpt-5.4"] }, "fallbackModels.0"],
    ["that are the model itself", { fallbackModels: [ACTIVATION.modelId] }, "fallbackModels.0"],
    ["that are there twice", { fallbackModels: ["a", "b", "anthropic/a"] }, "fallbackModels.2"],
    ["that are six", { fallbackModels: ["a", "b", "c", "d", "e", "f"] }, "fallbackModels"],
    ["that are no ids", { fallbackModels: ["a", "b c"] }, "fallbackModels.1"],
    ["that are no list", { fallbackModels: "a" }, "fallbackModels"],
    ["that are null", { fallbackModels: null }, "fallbackModels"],
  ])("%s are refused by their field, and nothing is changed", async (_name, change, field) => {
    const before = await record();
    const { status, body } = await berth.call("PATCH", id, change);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: "INVALID_REQUEST", details: [{ field }] });
    expect(await record()).toEqual(before);
  });

  it("bar another provider until its own, or none, are sent with it", async () => {
    await patched(FALLBACKS);
    const change = { modelProvider: "xai", modelId: "grok-4", modelApiKey: "xai-another-0123456789" };
    const { status, body } = await berth.call("PATCH", id, change);
    expect(status).toBe(400);
    expect(body.error?.details).toEqual([expect.objectContaining({ field: "fallbackModels" })]);
    await patched({ ...change, fallbackModels: ["grok-4-fast"] });
    expect(await shown()).toMatchObject({ modelProvider: "xai", fallbackModels: ["grok-4-fast"] });
  });

  it("are taken with the activation, bare", async () => {
    const slot = await paidSlot(berth);
    const body = { ...ACTIVATION, telegramBotToken: issued(), fallbackModels: [" claude-sonnet-5\n"] };
    expect((await berth.call("POST", `${slot}/activate`, body)).status).toBe(202);
    expect((await berth.call("GET", slot)).body.data).toMatchObject({ fallbackModels: ["claude-sonnet-5"] });
  });
});

describe("another bot", () => {
  it("is the assistant's from now on, and the former one is anybody's", async () => {
    const renewed = issued();
    await patched({ telegramBotToken: renewed });
    expect(await record()).toMatchObject({ bot_id: botIn(renewed), bot_proven_at: expect.any(Date) });
    expectInUse(await activate(renewed));
    expect((await activate(telegramBotToken)).status).toBe(202);
  });

  it("that another assistant drives is refused, and nothing is changed", async () => {
    const taken = issued();
    await activeByRecord(berth, ENDPOINT, { telegramBotToken: taken });
    const [before, kinds] = [await record(), await operations()];
    expectInUse(await berth.call("PATCH", id, { ...MODEL, telegramBotToken: taken }));
    expect(await record()).toEqual(before);
    expect(await operations()).toEqual(kinds);
  });

  it("that Telegram refuses is refused, and nothing is changed", async () => {
    const before = await record();
    const { status, body } = await berth.call("PATCH", id, { ...MODEL, telegramBotToken: newBotToken() });
    expect(status).toBe(400);
    expect(body.error?.details).toEqual([expect.objectContaining({ field: "telegramBotToken" })]);
    expect(await record()).toEqual(before);
  });

  it("is taken by one of two that ask at once", async () => {
    const other = await activeByRecord(berth, ENDPOINT, { telegramBotToken: issued() });
    const wanted = issued();
    const answers = await Promise.all(
      [id, other].map((one) => berth.call("PATCH", one, { telegramBotToken: wanted })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});

describe("a change that the assistant refuses", () => {
  it("is taken back: the assistant is active, and its record says what is in force", async () => {
    const [before, kinds] = [await record(), await operations()];
    await patched({ ...MODEL, modelProvider: "anthropic", allowFrom: [7], telegramBotToken: issued() });
    await refuse(await latest());
    const after = await record();
    expect(settingsOf(after)).toEqual(settingsOf(before));
    expect(after).toMatchObject({ status: "active", outputs: before.outputs });
    expect((await statusNow()).operation).toMatchObject({
      kind: "patch",
      state: "failed",
      error: { code: SETTINGS_NOT_TAKEN },
    });
    expect(await operations()).toEqual(["patch", ...kinds]);
  });

  it("leaves the name, which is Berth's alone", async () => {
    await patched({ ...MODEL, name: "Another name" });
    await refuse(await latest());
    expect(await shown()).toMatchObject({ name: "Another name", modelId: ACTIVATION.modelId });
  });

  it("gives the former bot back, as proven as it was; not one that somebody else has taken since", async () => {
    await berth.installation.sql
      .updateTable("deployments")
      .set({ bot_proven_at: null })
      .where("id", "=", id)
      .execute();
    await patched({ telegramBotToken: issued() });
    await refuse(await latest());
    expect(await record()).toMatchObject({ bot_id: botIn(telegramBotToken), bot_proven_at: null });

    await patched({ telegramBotToken: issued() });
    expect((await activate(telegramBotToken)).status).toBe(202);
    await refuse(await latest());
    expect(await record()).toMatchObject({ bot_id: null, bot_proven_at: null });
    expect(await shown()).toMatchObject({
      status: "active",
      telegramBotToken: `…${telegramBotToken.slice(-4)}`,
    });
  });
});

describe("a second change before the first has ended", () => {
  it.each(["refused", "cancelled"] as const)(
    "takes the first back with itself, which was %s",
    async (first) => {
      const before = settingsOf(await record());
      const [one, two] = [await patch(MODEL), await patch({ allowFrom: [7] })];
      if (first === "refused") await refuse(one);
      else await carryOut(berth.installation.sql, one, { state: "cancelled" });
      // It is to be decided with the second, which has the first one's values, too.
      expect(await shown()).toMatchObject({ ...MASKED, allowFrom: ["7"] });
      await refuse(two);
      expect(settingsOf(await record())).toEqual(before);
    },
  );

  it("goes back to the first, which was taken", async () => {
    const [one, two] = [await patch(MODEL), await patch({ allowFrom: [7] })];
    await succeed(one);
    await refuse(two);
    expect(await shown()).toMatchObject({ ...MASKED, allowFrom: [] });
  });

  it("goes back to the last of several that was taken", async () => {
    const one = await patch({ modelId: "claude-1" });
    const [two, three] = [await patch({ modelId: "claude-2" }), await patch({ modelId: "claude-3" })];
    await succeed(one);
    await refuse(two);
    await refuse(three);
    expect(await shown()).toMatchObject({ modelId: "claude-1" });
  });

  it("has the first one's container on record, and is settled by itself", async () => {
    const [one, two] = [await patch(MODEL), await patch({ allowFrom: [7] })];
    await succeed(one, "another-container");
    expect(await shown()).toMatchObject({ status: "active", outputs: { containerId: "another-container" } });
    expect((await statusNow()).operation).toMatchObject({ id: two, state: "queued" });
    await succeed(two, "the-last");
    expect(await shown()).toMatchObject({ outputs: { containerId: "the-last" } });
  });

  it("knows of the first though a backup was asked for in between", async () => {
    const before = settingsOf(await record());
    const one = await patch(MODEL);
    await berth.call("POST", `${id}/backups`);
    const two = await patch({ allowFrom: [7] });
    await refuse(one);
    await refuse(two);
    expect(settingsOf(await record())).toEqual(before);
  });
});

describe("what is asked for while a change waits", () => {
  it("a backup: the change is recorded as if there were none", async () => {
    const one = await patch(MODEL);
    const backup = await berth.call("POST", `${id}/backups`);
    expect(backup.status).toBe(202);
    await succeed(one, "another-container");
    expect(await shown()).toMatchObject({ status: "active", outputs: { containerId: "another-container" } });
    expect((await statusNow()).operation).toMatchObject({ kind: "backup", state: "queued" });
  });

  it("a backup: a refused change is taken back, and one that fails makes it failed", async () => {
    const one = await patch(MODEL);
    await berth.call("POST", `${id}/backups`);
    await refuse(one);
    expect(await shown()).toMatchObject({ status: "active", modelId: ACTIVATION.modelId });
    const two = await patch(MODEL);
    await berth.call("POST", `${id}/backups`);
    const cause = { code: "NOT_READY", message: "It did not become ready." };
    await carryOut(berth.installation.sql, two, { state: "failed", cause });
    expect(await shown()).toMatchObject({ status: "failed", ...MASKED });
  });

  it.each([
    ["stop", "POST", "/stop", "stopping"],
    ["delete", "DELETE", "", "deleting"],
    ["redeploy", "POST", "/redeploy", "deploying"],
  ])(
    "a %s decides of the status; what the stack is by now is on record",
    async (_name, method, path, during) => {
      const one = await patch(MODEL);
      expect((await berth.call(method, `${id}${path}`)).status).toBe(202);
      await succeed(one, "another-container");
      expect(await shown()).toMatchObject({ status: during, outputs: { containerId: "another-container" } });
    },
  );

  it("a stop: a change that was refused meanwhile is taken back all the same", async () => {
    const one = await patch(MODEL);
    await berth.call("POST", `${id}/stop`);
    await refuse(one);
    expect(await shown()).toMatchObject({ status: "stopping", modelId: ACTIVATION.modelId });
  });
});

async function patched(change: object): Promise<Answer> {
  const answer = await berth.call("PATCH", id, change);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer;
}

/** @returns the id of its operation */
async function patch(change: object): Promise<string> {
  await patched(change);
  return latest();
}

async function refuse(operationId: string): Promise<void> {
  await carryOut(berth.installation.sql, operationId, REFUSED);
}

async function succeed(operationId: string, containerId?: string): Promise<void> {
  const outputs = reported(id, ENDPOINT, containerId);
  await carryOut(berth.installation.sql, operationId, { state: "succeeded", outputs });
}

async function shown(): Promise<object | undefined> {
  return (await berth.call("GET", id)).body.data;
}

async function statusNow(): Promise<Record<string, unknown>> {
  return (await berth.call("GET", `${id}/status`)).body.data ?? {};
}

/** Kinds, newest first. */
async function operations(): Promise<string[]> {
  const { body } = await berth.call("GET", `${id}/operations`);
  return (body.data as unknown as { kind: string }[]).map(({ kind }) => kind);
}

async function latest(): Promise<string> {
  const { operation_id } = await record();
  const operation = await findOperation(berth.installation.sql, operation_id ?? "");
  if (operation?.kind !== "patch") throw new Error("Its latest operation is no patch.");
  return operation.id;
}

async function record() {
  return berth.installation.sql
    .selectFrom("deployments")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
}

function settingsOf({
  model_provider,
  model_id,
  model_api_key,
  telegram_bot_token,
  allow_from,
  bot_id,
  bot_proven_at,
}: Awaited<ReturnType<typeof record>>) {
  const model = { model_provider, model_id, model_api_key };
  return { ...model, telegram_bot_token, allow_from, bot_id, bot_proven_at };
}

async function setStatus(status: "stopped" | "failed" | "purchased"): Promise<void> {
  await berth.installation.sql.updateTable("deployments").set({ status }).where("id", "=", id).execute();
}

async function activate(token: string): Promise<Answer> {
  return berth.call("POST", `${await paidSlot(berth)}/activate`, { ...ACTIVATION, telegramBotToken: token });
}

function expectInUse({ status, body }: Answer): void {
  expect(status).toBe(409);
  expect(body.error?.code).toBe("BOT_IN_USE");
}

function issued(): string {
  return telegram.issue(newBotToken());
}

function botIn(token: string): string {
  return token.split(":")[0] ?? "";
}
