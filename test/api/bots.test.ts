// One Telegram bot drives one assistant, whoever asks, also while Telegram is away. No worker runs: operations are carried
// out in the records alone.
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { claimUnclaimedBots } from "../../stacks/deployments/bots.ts";
import { sealColumn } from "../../stacks/deployments/secret-columns.ts";
import { callWith, newKey } from "../support/accounts.ts";
import {
  ACTIVATION,
  type Answer,
  newBotToken,
  paidSlot,
  startTestBerth,
  type TestBerth,
} from "../support/berth.ts";
import { settle } from "../support/settled.ts";

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(48, {
    BERTH_ROLE: "api",
    BERTH_PORT_RANGE: "31768-31799",
    BERTH_SUBNET_POOL: "10.214.48.0/23",
  });
});
afterAll(() => berth.close());

it("a second assistant is refused the bot of the first, which is named; nothing is changed", async () => {
  const { id, telegramBotToken } = await driving();
  const other = await paidSlot(berth);
  const refused = await activate(other, telegramBotToken);
  expectInUse(refused);
  expect(refused.body.error?.message).toContain(id);
  expect(JSON.stringify(refused.body)).not.toContain(telegramBotToken);
  const shown = (await berth.call("GET", other)).body.data;
  expect(shown).toMatchObject({ status: "purchased", name: null, telegramBotToken: null });
  expect((await activate(other, newBotToken())).status).toBe(202);
});

it("another token of the same bot is the same bot", async () => {
  const { telegramBotToken } = await driving();
  const renewed = telegramBotToken.replace(/.$/, "X");
  expectInUse(await activate(await paidSlot(berth), renewed));
});

it("another account's is refused as well, and not named", async () => {
  const { id, telegramBotToken } = await driving();
  const call = callWith(berth, await newKey(berth, { account: "other" }));
  const bought = (await call("POST", "purchase", { apiMode: "byok" })).body.data;
  await fetch(String(bought?.checkoutUrl), { method: "POST" });
  const body = { ...ACTIVATION, telegramBotToken };
  const refused = await call("POST", `${bought?.deploymentId}/activate`, body);
  expectInUse(refused);
  expect(refused.body.error?.message).not.toContain(id);
});

it("of many that ask at once, one gets the bot", async () => {
  const telegramBotToken = newBotToken();
  const slots = await Promise.all(Array.from({ length: 5 }, () => paidSlot(berth)));
  const answers = await Promise.all(slots.map((slot) => activate(slot, telegramBotToken)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409, 409, 409, 409]);
});

it("PATCH refuses it, and takes the deployment's own", async () => {
  const { telegramBotToken } = await driving();
  const own = await driving();
  await settle(berth.installation.sql, own.id, "activate", failed);
  expectInUse(await berth.call("PATCH", own.id, { telegramBotToken }));
  const again = await berth.call("PATCH", own.id, { telegramBotToken: own.telegramBotToken });
  expect(again.status).toBe(200);
});

it("a stopped one has let it go, and can't come back while another drives it", async () => {
  const { sql } = berth.installation;
  const { id, telegramBotToken } = await driving();
  await settle(sql, id, "stop");
  const other = await paidSlot(berth);
  expect((await activate(other, telegramBotToken)).status).toBe(202);
  const refused = await berth.call("POST", `${id}/redeploy`, {});
  expectInUse(refused);
  expect(refused.body.error?.message).toContain(other);
  expect((await berth.call("GET", `${id}/status`)).body.data?.status).toBe("stopped");
  await settle(sql, other, "delete");
  expect((await berth.call("POST", `${id}/redeploy`, {})).status).toBe(202);
});

it("one that has failed may still run, and keeps it", async () => {
  const { id, telegramBotToken } = await driving();
  await settle(berth.installation.sql, id, "activate", failed);
  expectInUse(await activate(await paidSlot(berth), telegramBotToken));
});

it("one that holds its bot is redeployed, although Telegram doesn't answer", async () => {
  const { sql } = berth.installation;
  const { id, telegramBotToken } = await driving();
  await settle(sql, id, "activate");
  expect((await berth.call("POST", `${id}/redeploy`, {})).status).toBe(202);
  expectInUse(await activate(await paidSlot(berth), telegramBotToken));
});

it("one from before bots were kept gets its own at the next redeploy", async () => {
  const { sql } = berth.installation;
  const { id, telegramBotToken } = await driving();
  await sql.updateTable("deployments").set({ status: "active", bot_id: null }).where("id", "=", id).execute();
  expect((await berth.call("POST", `${id}/redeploy`, {})).status).toBe(202);
  expectInUse(await activate(await paidSlot(berth), telegramBotToken));
});

it("those from before bots were kept get their own at a start, and of two with one bot the older", async () => {
  const { sql } = berth.installation;
  const [first, second, stopped] = [await driving(), await driving(), await driving()];
  const ids = [first.id, second.id, stopped.id];
  const token = sealColumn(berth.installation.box, second.id, "telegram_bot_token", first.telegramBotToken);
  await sql
    .updateTable("deployments")
    .set({ status: "active", bot_id: null })
    .where("id", "in", ids)
    .execute();
  await sql
    .updateTable("deployments")
    .set({ telegram_bot_token: token })
    .where("id", "=", second.id)
    .execute();
  await sql.updateTable("deployments").set({ status: "stopped" }).where("id", "=", stopped.id).execute();
  await claimUnclaimedBots(berth.installation, pino({ level: "silent" }));
  const rows = await sql
    .selectFrom("deployments")
    .select("bot_id")
    .where("id", "in", ids)
    .orderBy("id")
    .execute();
  expect(rows.map(({ bot_id }) => bot_id)).toEqual([first.telegramBotToken.split(":")[0], null, null]);
  const audit = await berth.call("GET", `/api/v1/doctor?deployment=${second.id}`);
  expect(JSON.stringify(audit.body.data)).toContain(`expected no other reader, found deployment ${first.id}`);
});

const failed = { state: "failed", cause: { code: "NOT_READY", message: "Not ready." } } as const;

async function driving(): Promise<{ id: string; telegramBotToken: string }> {
  const id = await paidSlot(berth);
  const telegramBotToken = newBotToken();
  expect((await activate(id, telegramBotToken)).status).toBe(202);
  return { id, telegramBotToken };
}

async function activate(id: string, telegramBotToken: string): Promise<Answer> {
  return berth.call("POST", `${id}/activate`, { ...ACTIVATION, telegramBotToken });
}

function expectInUse({ status, body }: Answer): void {
  expect(status, JSON.stringify(body)).toBe(409);
  expect(body.error).toMatchObject({
    code: "BOT_IN_USE",
    message: expect.stringContaining("Nothing was changed"),
  });
}
