// A bot belongs to whoever has a token that Telegram accepts. Telegram is a stand-in on loopback that answers as the real
// server does. No worker runs: operations are carried out in the records alone.
import fs from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sealColumn } from "../../stacks/deployments/secret-columns.ts";
import { type CallWithKey, callWith, newKey } from "../support/accounts.ts";
import {
  ACTIVATION,
  type Answer,
  BOT_SECRET,
  newBotToken,
  startTestBerth,
  type TestBerth,
} from "../support/berth.ts";
import { ownTime } from "../support/own-time.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { settle } from "../support/settled.ts";
import { Telegram, TOO_MANY } from "../support/telegram.ts";

const SETTINGS = { BERTH_ROLE: "api", LOG_LEVEL: "trace" };
const telegram = new Telegram();
let telegramApi = "";
let berth: TestBerth;
/** Calls of two accounts: one that owns bots, one that takes what it can. */
let owner: CallWithKey;
let thief: CallWithKey;
let log = "";
const answers: unknown[] = [];

beforeAll(async () => {
  listenToTheLog();
  telegramApi = await telegram.open();
  const room = { BERTH_PORT_RANGE: "32152-32199", BERTH_SUBNET_POOL: "10.214.72.0/22" };
  berth = await startTestBerth(72, { ...SETTINGS, ...room }, undefined, { telegramApi });
  owner = keeping(callWith(berth, await newKey(berth, { account: "owner" })));
  thief = keeping(callWith(berth, await newKey(berth, { account: "thief" })));
});
afterAll(async () => {
  await berth.close();
  telegram.close();
});
beforeEach(() => {
  telegram.instead.clear();
});

describe("with a stand-in of Telegram on loopback that answers as the real server does:", () => {
  describe("a token that Telegram refuses", () => {
    it("is named by activate before anything is made", async () => {
      const slot = await paid(owner);
      expectRefused(await activate(owner, slot, newBotToken()));
      const { data } = (await owner("GET", slot)).body;
      expect(data).toMatchObject({ status: "purchased", name: null, telegramBotToken: null });
      expect((await activate(owner, slot, issued())).status).toBe(202);
    });

    it("is named by PATCH, which changes nothing", async () => {
      const { id } = await driving(owner);
      await settle(berth.installation.sql, id, "stop");
      expectRefused(await owner("PATCH", id, { name: "Other", telegramBotToken: invented(issued()) }));
      expect((await owner("GET", id)).body.data).toMatchObject({
        name: ACTIVATION.name,
        telegramBotToken: "…Dsaw",
      });
    });

    it("keeps no redeploy from bringing the assistant back", async () => {
      const { id, token } = await driving(owner);
      await settle(berth.installation.sql, id, "stop");
      telegram.issue(invented(token));
      expect((await owner("POST", `${id}/redeploy`, {})).status).toBe(202);
      expect(await record(id)).toMatchObject({ bot_id: botOf(token), bot_proven_at: null });
    });
  });

  it("without an answer of Telegram's the call goes on, 3 s later at most", async () => {
    const token = issued();
    telegram.instead.set(token, "never");
    const slot = await paid(owner);
    const ownMs = ownTime();
    expect((await activate(owner, slot, token)).status).toBe(202);
    expect(ownMs()).toBeLessThan(4_500);
    expect(await record(slot)).toMatchObject({ bot_id: botOf(token), bot_proven_at: null });
  });

  describe("a made-up token", () => {
    it("takes no bot from who has proven it, whatever Telegram answers", async () => {
      const { id, token } = await driving(owner);
      const slot = await paid(thief);
      const madeUp = invented(token);
      expectRefused(await activate(thief, slot, madeUp));
      for (const given of [TOO_MANY, { status: 200, body: "<html>" }]) {
        telegram.instead.set(madeUp, given);
        const refused = await activate(thief, slot, madeUp);
        expectInUse(refused, /Telegram did not answer/);
        expect(refused.body.error?.message).not.toContain(id);
      }
      expect((await record(id)).bot_id).toBe(botOf(token));
    });

    it("loses the bot that it has claimed to the owner, in one call, and neither account hears of the other", async () => {
      const token = issued();
      const claimed = await unproven(thief, invented(token));
      const slot = await paid(owner);
      const taken = await activate(owner, slot, token);
      expect(taken.status, JSON.stringify(taken.body)).toBe(202);
      expect(JSON.stringify(taken.body)).not.toContain(claimed);
      expect(await record(claimed)).toMatchObject({ bot_id: null, bot_proven_at: null, status: "active" });
      expect(await record(slot)).toMatchObject({ bot_id: botOf(token), bot_proven_at: expect.any(Date) });
      const line = `"deployment":"${claimed}","takenBy":"${slot}"`;
      await expect.poll(() => log).toContain(line);
      const back = await thief("POST", `${claimed}/redeploy`, {});
      expectInUse(back, /Telegram refuses the token of this deployment/);
      expect(back.body.error?.message).not.toContain(slot);
      expect(JSON.stringify((await thief("GET", `${claimed}/status`)).body)).not.toContain(slot);
    });

    it("loses it by PATCH and redeploy, too, and not before the redeploy", async () => {
      const { id } = await driving(owner);
      await settle(berth.installation.sql, id, "stop");
      const token = issued();
      const claimed = await unproven(thief, invented(token));
      expect((await owner("PATCH", id, { telegramBotToken: token })).status).toBe(200);
      expect((await record(claimed)).bot_id).toBe(botOf(token));
      expect((await owner("POST", `${id}/redeploy`, {})).status).toBe(202);
      expect((await record(claimed)).bot_id).toBeNull();
      expect(await record(id)).toMatchObject({ bot_id: botOf(token), bot_proven_at: expect.any(Date) });
    });

    it("loses it also while Telegram answers nothing of it: a proof beats none", async () => {
      const token = issued();
      const madeUp = invented(token);
      const claimed = await unproven(thief, madeUp);
      telegram.instead.set(madeUp, TOO_MANY);
      expect((await activate(owner, await paid(owner), token)).status).toBe(202);
      expect((await record(claimed)).bot_id).toBeNull();
    });

    it.each(["a proof", "another token"])(
      "keeps the bot with %s that comes while Telegram is asked",
      async (what) => {
        const { sql, box } = berth.installation;
        const token = issued();
        const madeUp = invented(token);
        const claimed = await unproven(thief, madeUp);
        const { asked, answer } = telegram.hold(madeUp);
        const taking = activate(owner, await paid(owner), token);
        await asked;
        const change =
          what === "a proof"
            ? { bot_proven_at: new Date() }
            : { telegram_bot_token: sealColumn(box, claimed, "telegram_bot_token", token) };
        await sql.updateTable("deployments").set(change).where("id", "=", claimed).execute();
        answer();
        expectInUse(await taking, /Nothing was changed/);
        expect((await record(claimed)).bot_id).toBe(botOf(token));
      },
    );

    it("gains nothing by another token that is put in its place while Telegram is asked", async () => {
      const { sql, box } = berth.installation;
      const { id, token } = await driving(owner);
      await settle(sql, id, "stop");
      const other = newBotToken();
      const { asked, answer } = telegram.hold(token);
      const redeploy = owner("POST", `${id}/redeploy`, {});
      await asked;
      const sealed = sealColumn(box, id, "telegram_bot_token", other);
      await sql.updateTable("deployments").set({ telegram_bot_token: sealed }).where("id", "=", id).execute();
      answer();
      expect((await redeploy).status).toBe(202);
      expect(await record(id)).toMatchObject({ bot_id: botOf(other), bot_proven_at: null });
    });
  });

  describe("who holds a bot without proof because Telegram was away", () => {
    it("is asked about before it would lose it, and keeps it", async () => {
      const token = issued();
      const holder = await unproven(owner, token);
      expectInUse(await activate(thief, await paid(thief), token), /somebody else has its token/);
      expect(await record(holder)).toMatchObject({ bot_id: botOf(token), bot_proven_at: expect.any(Date) });
    });

    it("is proven by its next redeploy, after which it is not asked about again", async () => {
      const token = issued();
      const id = await unproven(owner, token);
      expect((await owner("POST", `${id}/redeploy`, {})).status).toBe(202);
      expect((await record(id)).bot_proven_at).toBeInstanceOf(Date);
      await settle(berth.installation.sql, id, "redeploy");
      const asked = telegram.asked.length;
      expect((await owner("POST", `${id}/redeploy`, {})).status).toBe(202);
      expect(telegram.asked).toHaveLength(asked);
    });

    it("is proven by a PATCH with its token", async () => {
      const token = issued();
      const id = await unproven(owner, token);
      await settle(berth.installation.sql, id, "redeploy", failed);
      expect((await owner("PATCH", id, { telegramBotToken: token })).status).toBe(200);
      expect((await record(id)).bot_proven_at).toBeInstanceOf(Date);
      expect((await owner("PATCH", id, { telegramBotToken: issued() })).status).toBe(200);
      expect(await record(id)).toMatchObject({ bot_id: botOf(token), bot_proven_at: expect.any(Date) });
      expect((await owner("POST", `${id}/redeploy`, {})).status).toBe(202);
      expect((await record(id)).bot_id).not.toBe(botOf(token));
    });
  });

  describe("who has proven its bot", () => {
    it("keeps it from who has its token as well, until that is renewed", async () => {
      const { id, token } = await driving(thief);
      const slot = await paid(owner);
      expectInUse(await activate(owner, slot, token), /\/revoke/);
      const renewed = telegram.issue(invented(token));
      telegram.instead.set(token, TOO_MANY);
      expectInUse(await activate(owner, slot, renewed), /Nothing was changed/);
      telegram.instead.clear();
      expect((await activate(owner, slot, renewed)).status).toBe(202);
      expect(await record(id)).toMatchObject({ bot_id: null, bot_proven_at: null });
    });

    it("is named to its own account, without a word of others", async () => {
      const { id, token } = await driving(owner);
      expectInUse(await activate(owner, await paid(owner), token), new RegExp(`${id}.*deployment first\\.$`));
    });

    it.each(["stop", "delete"] as const)("frees it by %s", async (kind) => {
      const { id, token } = await driving(owner);
      await settle(berth.installation.sql, id, kind);
      expect(await record(id)).toMatchObject({ bot_id: null, bot_proven_at: null });
      expect((await activate(thief, await paid(thief), token)).status).toBe(202);
    });
  });

  it("who has lost its bot can still be upgraded, and is shown by doctor", async () => {
    const token = issued();
    const claimed = await unproven(thief, invented(token));
    const slot = await paid(owner);
    expect((await activate(owner, slot, token)).status).toBe(202);
    const audit = await berth.call("GET", `/api/v1/doctor?deployment=${claimed}`);
    expect(JSON.stringify(audit.body.data)).toContain(`expected no other reader, found deployment ${slot}`);
    expect((await berth.call("POST", `/api/v1/fleet/${claimed}/upgrade`, {})).status).toBe(202);
  });

  it("with BERTH_TELEGRAM_CHECK=off nobody is asked, and the first who comes has the bot", async () => {
    const settings = { ...SETTINGS, BERTH_TELEGRAM_CHECK: "off" };
    const asked = telegram.asked.length;
    const silent = await startTestBerth(70, settings, undefined, { telegramApi });
    try {
      const call = callWith(silent, await newKey(silent, { account: "any" }));
      const token = newBotToken();
      expect((await activate(call, await paid(call), token)).status).toBe(202);
      const refused = await activate(call, await paid(call), invented(token));
      expectInUse(refused, /delete the other deployment first\.$/);
      expect(telegram.asked).toHaveLength(asked);
    } finally {
      await silent.close();
    }
  });

  describe("on PostgreSQL", () => {
    let postgres: PostgresServer;
    let both: TestBerth[] = [];
    beforeAll(async () => {
      postgres = await startPostgres();
      const settings = { ...SETTINGS, DATABASE_URL: postgres.url };
      const options = { telegramApi };
      const first = await startTestBerth(71, settings, undefined, options);
      both = [first, await startTestBerth(71, settings, first.dataDir, options)];
    });
    afterAll(async () => {
      for (const one of both.toReversed()) await one.close();
      await postgres?.stop();
    });

    it("of many with proof that ask two processes at once for a made-up claim's bot, one gets it", async () => {
      const [first] = both;
      if (!first) throw new Error("None was started.");
      const calls = both.map(
        (one) => (method: string, path: string, body?: unknown) => one.call(method, path, body),
      );
      const [call = first.call] = calls;
      for (let round = 0; round < 3; round++) {
        const token = issued();
        const claimed = await unproven(call, invented(token), first);
        const slots = await Promise.all(Array.from({ length: 4 }, () => paid(call)));
        const race = slots.map((slot, index) => activate(calls[index % 2] ?? call, slot, token));
        const statuses = (await Promise.all(race)).map(({ status }) => status);
        expect(statuses.toSorted()).toEqual([202, 409, 409, 409]);
        const winner = slots[statuses.indexOf(202)] ?? "";
        expect(await record(winner, first)).toMatchObject({
          bot_id: botOf(token),
          bot_proven_at: expect.any(Date),
        });
        expect((await record(claimed, first)).bot_id).toBeNull();
        for (const id of [...slots, claimed]) await settle(first.installation.sql, id, "delete");
      }
    });
  });

  it("no secret part of a token is in the log or in an answer", () => {
    expect(log).toContain("request completed");
    expect(telegram.asked.join(" ")).toContain(BOT_SECRET);
    for (const text of [log, JSON.stringify(answers)]) {
      expect(text).not.toContain(BOT_SECRET.slice(0, 20));
      expect(text).not.toContain("/getMe");
    }
  });
});

const failed = { state: "failed", cause: { code: "NOT_READY", message: "Not ready." } } as const;

/** The valid token of a new bot. */
function issued(): string {
  return telegram.issue(newBotToken());
}

/** Another token of the same bot. */
function invented(token: string): string {
  return token.replace(/.{8}$/, () => crypto.randomUUID().slice(0, 8));
}

function botOf(token: string): string | undefined {
  return token.split(":")[0];
}

async function paid(call: CallWithKey): Promise<string> {
  const { data } = (await call("POST", "purchase", { apiMode: "byok" })).body;
  await fetch(String(data?.checkoutUrl), { method: "POST" });
  return String(data?.deploymentId);
}

function activate(call: CallWithKey, id: string, telegramBotToken: string): Promise<Answer> {
  return call("POST", `${id}/activate`, { ...ACTIVATION, telegramBotToken });
}

/** One that is being brought up with a proven bot. */
async function driving(call: CallWithKey): Promise<{ id: string; token: string }> {
  const id = await paid(call);
  const token = issued();
  expect((await activate(call, id, token)).status).toBe(202);
  expect((await record(id)).bot_proven_at).toBeInstanceOf(Date);
  return { id, token };
}

/** An active one that was activated while Telegram was away. */
async function unproven(call: CallWithKey, token: string, at = berth): Promise<string> {
  const id = await paid(call);
  telegram.instead.set(token, { status: 502, body: "<html>Bad gateway" });
  expect((await activate(call, id, token)).status).toBe(202);
  telegram.instead.delete(token);
  expect(await record(id, at)).toMatchObject({ bot_id: botOf(token), bot_proven_at: null });
  await settle(at.installation.sql, id, "activate");
  return id;
}

function record(id: string, at = berth) {
  return at.installation.sql
    .selectFrom("deployments")
    .select(["status", "bot_id", "bot_proven_at"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
}

function expectRefused({ status, body }: Answer): void {
  expect(status, JSON.stringify(body)).toBe(400);
  expect(body.error).toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringContaining("Nothing was changed"),
    details: [{ field: "telegramBotToken", message: expect.stringMatching(/Telegram refuses.*@BotFather/) }],
  });
}

function expectInUse({ status, body }: Answer, advice: RegExp): void {
  expect(status, JSON.stringify(body)).toBe(409);
  expect(body.error).toMatchObject({ code: "BOT_IN_USE", message: expect.stringMatching(advice) });
}

function keeping(call: CallWithKey): CallWithKey {
  return async (...args) => {
    const answer = await call(...args);
    answers.push(answer.body);
    return answer;
  };
}

/** Keeps the lines of the log instead of writing them. pino writes to the file of standard output itself. */
function listenToTheLog(): void {
  const write = fs.write as (...args: unknown[]) => void;
  const listen = (file: number, text: unknown, ...rest: unknown[]) => {
    if (file !== 1 || typeof text !== "string" || !text.startsWith('{"level"'))
      return write(file, text, ...rest);
    log += text;
    setImmediate(rest.at(-1) as (error: null, written: number) => void, null, Buffer.byteLength(text));
  };
  vi.spyOn(fs, "write").mockImplementation(listen as typeof fs.write);
}
