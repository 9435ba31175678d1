// What there is to buy, and single details of a deployment: its bot, its image, the logs of its operations. No worker runs.
import { afterAll, beforeAll, expect, it } from "vitest";
import { callWith, newKey } from "../support/accounts.ts";
import { ACTIVATION, newBotToken, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { Telegram } from "../support/telegram.ts";

const UNKNOWN_ID = "01900000-0000-7000-8000-000000000000";
const telegram = new Telegram();
let berth: TestBerth;
beforeAll(async () => {
  const telegramApi = await telegram.open();
  berth = await startTestBerth(
    94,
    { BERTH_ROLE: "api", BERTH_ANTHROPIC_API_KEY: "sk-ant-operators-0123456789" },
    undefined,
    { telegramApi },
  );
});
afterAll(async () => {
  await berth?.close();
  telegram.close();
});

it("the offer says what purchase takes, and refuses nothing else", async () => {
  const { status, body } = await berth.call("GET", "/api/v1/offer");
  expect(status).toBe(200);
  const { apiModes, ...rest } = body.data as unknown as { apiModes: string[] };
  expect(rest).toEqual({ payments: "simulated", regions: [], operatorProviders: ["anthropic"] });
  for (const apiMode of ["byok", "managed", "unlimited"]) {
    const bought = await berth.call("POST", "purchase", { apiMode });
    expect([apiMode, bought.status]).toEqual([apiMode, apiModes.includes(apiMode) ? 201 : 400]);
  }
});

it("a bot is named as Telegram names it", async () => {
  const id = await paidSlot(berth);
  expect((await berth.call("GET", `${id}/bot`)).body.data).toBeNull();
  const telegramBotToken = telegram.issue(newBotToken());
  expect((await berth.call("POST", `${id}/activate`, { ...ACTIVATION, telegramBotToken })).status).toBe(202);
  const [number = ""] = telegramBotToken.split(":");
  const bot = await berth.call("GET", `${id}/bot`);
  expect(bot.body.data).toEqual({ id: number, username: `a${number}_bot` });
  const before = telegram.asked.length;
  await berth.call("GET", `${id}/bot`);
  expect(telegram.asked).toHaveLength(before);
});

it("a name that Telegram can't have given is not passed on", async () => {
  const id = await paidSlot(berth);
  const telegramBotToken = telegram.issue(newBotToken());
  await berth.call("POST", `${id}/activate`, { ...ACTIVATION, telegramBotToken });
  const [number = ""] = telegramBotToken.split(":");
  const result = { id: Number(number), is_bot: true, username: "../evil" };
  telegram.instead.set(telegramBotToken, { status: 200, body: { ok: true, result } });
  expect((await berth.call("GET", `${id}/bot`)).body.data).toEqual({ id: number, username: null });
  telegram.instead.clear();
  expect((await berth.call("GET", `${id}/bot`)).body.data).toMatchObject({ username: `a${number}_bot` });
});

it("the log of an operation comes by pages, of its own deployment and account alone", async () => {
  const id = await paidSlot(berth);
  const { sql } = berth.installation;
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  const { body } = await berth.call("GET", `${id}/operations`);
  const [operation] = body.data as unknown as { id: string }[];
  const event = { kind: "resource", step: "started", op: "create", resource: "Container openclaw" } as const;
  await sql
    .insertInto("operation_events")
    .values(
      [1, 2, 3].map((sequence) => ({
        operation_id: operation?.id ?? "",
        sequence,
        at: new Date(),
        event: JSON.stringify(event),
      })),
    )
    .execute();
  const path = `${id}/operations/${operation?.id}/log`;
  const first = await berth.call("GET", `${path}?limit=2`);
  expect(first.body).toMatchObject({
    data: [
      { sequence: 1, event },
      { sequence: 2, event },
    ],
    nextCursor: 2,
  });
  const rest = await berth.call("GET", `${path}?limit=2&cursor=2`);
  expect(rest.body).toMatchObject({ data: [{ sequence: 3, event }], nextCursor: null });

  const other = await paidSlot(berth);
  expect((await berth.call("GET", `${other}/operations/${operation?.id}/log`)).status).toBe(404);
  expect((await berth.call("GET", `${id}/operations/${UNKNOWN_ID}/log`)).status).toBe(404);
  expect((await berth.call("GET", `${id}/operations/none/log`)).status).toBe(404);
  const stranger = callWith(berth, await newKey(berth, { account: "stranger" }));
  expect((await stranger("GET", path)).status).toBe(404);
});
