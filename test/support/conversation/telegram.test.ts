// The fake of Telegram, which speaks the real Bot API: its details, by plain HTTP.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Loopback, openLoopback } from "./loopback.ts";
import { spokenIn } from "./telegram/voice.ts";

const TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const NEW_TOKEN = "123456789:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const USER = 555;
const DEADLINE_MS = 60_000;

let world: Loopback;
beforeEach(async () => {
  world = await openLoopback();
});
afterEach(() => world.close());

const bot = async (method: string, body: Record<string, unknown> = {}, token = TOKEN) => {
  const { status, text } = await world.ask("POST", `https://api.telegram.org/bot${token}/${method}`, {
    body,
  });
  return { status, ...(JSON.parse(text) as { ok: boolean; result?: never; description?: string }) };
};
const updates = async (fields: Record<string, unknown>): Promise<{ update_id: number; message: Message }[]> =>
  (await bot("getUpdates", fields)).result ?? [];
interface Message {
  readonly message_id: number;
  readonly text?: string;
  readonly voice?: { readonly file_id: string };
  readonly photo?: readonly { readonly file_id: string }[];
  readonly caption?: string;
}

it("a poll waits for its timeout, ends at once when a user writes, and gives an update until it is confirmed", async () => {
  const startedAt = performance.now();
  expect(await updates({ timeout: 1 })).toEqual([]);
  expect(performance.now() - startedAt).toBeGreaterThan(950);
  const waiting = updates({ timeout: 50 });
  setTimeout(() => world.telegram.say(TOKEN, USER, "one"), 50);
  const [one] = await waiting;
  expect(one?.message).toMatchObject({
    text: "one",
    chat: { id: USER, type: "private" },
    from: { id: USER },
  });
  world.telegram.say(TOKEN, USER, "two");
  const both = await updates({ offset: one?.update_id });
  expect(both.map(({ message }) => message.text)).toEqual(["one", "two"]);
  expect(await updates({ offset: one?.update_id, limit: 1 })).toHaveLength(1);
  const next = await updates({ offset: Number(one?.update_id) + 1 });
  expect(next.map(({ message }) => message.text)).toEqual(["two"]);
  expect(await updates({})).toHaveLength(1);
  expect(await updates({ offset: -1 })).toHaveLength(1);
  expect(await updates({ offset: Number(next[0]?.update_id) + 1 })).toEqual([]);
});

it("numbers of updates and messages grow from one fake to the next", async () => {
  const first = world.telegram.say(TOKEN, USER, "one");
  const [update] = await updates({});
  await new Promise((resolve) => setTimeout(resolve, 250));
  const later = await openLoopback();
  expect(later.telegram.say(TOKEN, USER, "two")).toBeGreaterThan(first);
  const { text } = await later.ask("GET", `https://api.telegram.org/bot${TOKEN}/getUpdates`);
  expect(JSON.parse(text).result[0].update_id).toBeGreaterThan(Number(update?.update_id));
  later.close();
});

it("a second reader ends the first with 409; one that wins each time leaves nothing but 409", async () => {
  const first = bot("getUpdates", { timeout: 50 });
  await until(() => world.seen.telegram.length === 1);
  const second = bot("getUpdates", { timeout: 50 });
  const conflict = {
    status: 409,
    ok: false,
    error_code: 409,
    description:
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  };
  expect(await first).toEqual(conflict);
  world.telegram.readElsewhere(TOKEN);
  expect(await second).toEqual(conflict);
  expect(await bot("getUpdates")).toEqual(conflict);
  expect(await bot("getMe")).toMatchObject({ ok: true });
  world.telegram.readHereAlone(TOKEN);
  expect(await bot("getUpdates")).toMatchObject({ ok: true, result: [] });
});

it("a webhook that is set stands in the way until it is deleted", async () => {
  await bot("setWebhook", { url: "https://example.com/hook" });
  expect(await bot("getUpdates")).toMatchObject({
    status: 409,
    description: expect.stringContaining("webhook is active"),
  });
  await bot("deleteWebhook");
  expect(await bot("getUpdates")).toMatchObject({ status: 200 });
});

it("a revoked token is 401 for who waits and who comes; with a new one the bot goes on", async () => {
  const waiting = bot("getUpdates", { timeout: 50 });
  await until(() => world.seen.telegram.length === 1);
  world.telegram.revoke(TOKEN);
  const unauthorized = { status: 401, ok: false, error_code: 401, description: "Unauthorized" };
  expect(await waiting).toEqual(unauthorized);
  expect(await bot("getMe")).toEqual(unauthorized);
  world.telegram.say(NEW_TOKEN, USER, "still there?");
  expect((await bot("getUpdates", {}, NEW_TOKEN)).result).toHaveLength(1);
  expect(await bot("getMe", {}, "123:short")).toEqual(unauthorized);
  expect(await bot("getMe", {}, "0123")).toMatchObject({
    status: 401,
    description: "Unauthorized: invalid token specified",
  });
  expect(await bot("noSuchMethod", {}, NEW_TOKEN)).toMatchObject({ status: 404, description: "Not Found" });
});

it("away, it says 502 or cuts off, and who waited as well; then it is back with what was written", async () => {
  const waiting = bot("getUpdates", { timeout: 50 });
  await until(() => world.seen.telegram.length === 1);
  world.telegram.fail("502");
  const badGateway = { status: 502, ok: false, error_code: 502, description: "Bad Gateway" };
  expect(await waiting).toEqual(badGateway);
  expect(await bot("getMe")).toEqual(badGateway);
  world.telegram.recover();
  const cut = expect(bot("getUpdates", { timeout: 50 })).rejects.toThrow("ECONNRESET");
  await until(() => world.seen.telegram.length === 3);
  world.telegram.fail("reset");
  await cut;
  await expect(bot("getMe")).rejects.toThrow("ECONNRESET");
  world.telegram.say(TOKEN, USER, "anybody?");
  world.telegram.recover();
  expect(await updates({})).toHaveLength(1);
});

it("a bot writes only to who has written to it, edits and deletes; its user sees the last", async () => {
  expect(await bot("sendMessage", { chat_id: USER, text: "hi" })).toMatchObject({
    status: 400,
    description: "Bad Request: chat not found",
  });
  world.telegram.say(TOKEN, USER, "hello");
  const heard = world.seen.chats.heard(TOKEN, USER, ({ text }) => text === "a < b", DEADLINE_MS);
  const sent = await bot("sendMessage", { chat_id: USER, text: "<b>a</b> &lt; b", parse_mode: "HTML" });
  const { message_id } = sent.result as unknown as Message;
  expect(await heard).toMatchObject({ messageId: message_id, chat: USER, method: "sendMessage", edits: 0 });
  const place = { chat_id: USER, message_id };
  expect(await bot("editMessageText", { ...place, text: "a < b" })).toMatchObject({
    status: 400,
    description: expect.stringContaining("message is not modified"),
  });
  await bot("editMessageText", { ...place, text: "better" });
  expect(world.seen.chats.seen(TOKEN, USER)).toMatchObject([{ text: "better", edits: 1 }]);
  await bot("deleteMessage", place);
  expect(world.seen.chats.seen(TOKEN, USER)).toEqual([]);
  await expect(world.seen.chats.heard(TOKEN, USER, () => true, 10)).rejects.toThrow("Not heard in 10 ms");
});

it.each([
  ["an empty text", { text: "" }, "message text is empty"],
  ["a text that is too long", { text: "x".repeat(4_097) }, "message is too long"],
  [
    "a tag that it does not know",
    html("<p>x</p>"),
    `can't parse entities: Unsupported start tag "p" at byte offset 0`,
  ],
  [
    "a tag without an end",
    html("<b>x"),
    `can't parse entities: Can't find end tag corresponding to start tag "b"`,
  ],
])("it refuses %s", async (_what, fields, why) => {
  world.telegram.say(TOKEN, USER, "hello");
  expect(await bot("sendMessage", { chat_id: USER, ...fields })).toMatchObject({
    status: 400,
    description: `Bad Request: ${why}`,
  });
});

it("voice and photo are files that can be downloaded by the token; what a bot sends comes in multipart", async () => {
  world.telegram.say(TOKEN, USER, { voice: "Marzipan" });
  world.telegram.say(TOKEN, USER, { photo: "What is it?" });
  const [voice, photo] = (await updates({})).map(({ message }) => message);
  expect(photo?.caption).toBe("What is it?");
  const download = async (file_id: string | undefined) => {
    const { file_path } = (await bot("getFile", { file_id })).result as unknown as { file_path: string };
    return world.ask("GET", `https://api.telegram.org/file/bot${TOKEN}/${file_path}`);
  };
  const sound = await download(voice?.voice?.file_id);
  expect(sound.bytes.subarray(0, 4).toString()).toBe("OggS");
  expect(spokenIn(sound.bytes)).toBe("Marzipan");
  const picture = await download(photo?.photo?.[0]?.file_id);
  expect(picture.bytes.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  expect(await world.ask("GET", `https://api.telegram.org/file/bot${TOKEN}/none`)).toMatchObject({
    status: 404,
  });

  const form = new FormData();
  form.set("chat_id", `${USER}`);
  form.set("caption", "Here it is");
  form.set("photo", new Blob([new Uint8Array(picture.bytes)], { type: "image/jpeg" }), "it.jpg");
  const sent = new Request("https://api.telegram.org/", { method: "POST", body: form });
  await world.ask("POST", `https://api.telegram.org/bot${TOKEN}/sendPhoto`, {
    headers: { "content-type": `${sent.headers.get("content-type")}` },
    body: Buffer.from(await sent.arrayBuffer()),
  });
  expect(world.seen.chats.seen(TOKEN, USER)).toMatchObject([{ method: "sendPhoto", text: "Here it is" }]);
  expect(world.seen.telegram.at(-1)?.fields.photo).toMatchObject({
    fileName: "it.jpg",
    type: "image/jpeg",
  });
});

it("commands that are set are given again, for each scope and language", async () => {
  const commands = [{ command: "help", description: "Help" }];
  await bot("setMyCommands", { commands: JSON.stringify(commands), language_code: "de" });
  expect((await bot("getMyCommands", { language_code: "de" })).result).toEqual(commands);
  expect((await bot("getMyCommands")).result).toEqual([]);
  await bot("deleteMyCommands", { language_code: "de" });
  expect((await bot("getMyCommands", { language_code: "de" })).result).toEqual([]);
});

function html(text: string): Record<string, string> {
  return { text, parse_mode: "HTML" };
}

async function until(isSo: () => boolean): Promise<void> {
  for (
    const deadline = Date.now() + DEADLINE_MS;
    !isSo();
    await new Promise((resolve) => setTimeout(resolve, 10))
  )
    if (Date.now() > deadline) throw new Error("It did not happen.");
}
