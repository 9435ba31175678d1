// What people paste, and what is odd in it.
import { describe, expect, it } from "vitest";
import { ActivateBody, ApprovePairingBody, imageReference, PatchBody } from "../../api/contract/requests.ts";
import { ACTIVATION } from "../support/berth.ts";

const TOKEN = ACTIVATION.telegramBotToken;

describe("around a value is taken off", () => {
  it.each([
    ["a no-break space", `\u00a0${TOKEN}`],
    ["a space that nobody sees", `\u200b${TOKEN}\u200b`],
    ["a byte order mark", `\ufeff${TOKEN}`],
    ["marks of direction, as Windows copies them", `\u202a${TOKEN}\u202c`],
    ["quotation marks", `"${TOKEN}"`],
    ["quotation marks of a chat", `\u201c${TOKEN}\u201d`],
    ["the name of a variable", `TELEGRAM_BOT_TOKEN=${TOKEN}`],
    ["all of them", ` export TELEGRAM_BOT_TOKEN='${TOKEN}' \r\n`],
  ])("%s", (_what, telegramBotToken) => {
    expect(PatchBody.parse({ telegramBotToken })).toEqual({ telegramBotToken: TOKEN });
  });

  it.each([
    ["modelApiKey", 'ANTHROPIC_API_KEY="sk-ant-123456789"', "sk-ant-123456789"],
    ["modelApiKey", "ABCDEFGHIJ_KEY=", "ABCDEFGHIJ_KEY="],
    ["modelId", "\u200banthropic/claude-sonnet-4-5\n", "anthropic/claude-sonnet-4-5"],
    ["modelId", "`google/gemini-3.1-pro:free`", "google/gemini-3.1-pro:free"],
    ["modelId", "@preset/my-own", "@preset/my-own"],
    ["name", "\ufeff  Anna\u2019s helper \n", "Anna\u2019s helper"],
    ["callbackUrl", "https://hooks.example.com/berth\r\n", "https://hooks.example.com/berth"],
    [
      "callbackUrl",
      "\u201chttps://hooks.example.com/?a='b'&c=d\u201d",
      "https://hooks.example.com/?a='b'&c=d",
    ],
  ])("%s %j", (field, given, value) => {
    expect(PatchBody.parse({ [field]: given })).toEqual({ [field]: value });
  });

  it("in a list, a code and an image, too", () => {
    expect(PatchBody.parse({ allowFrom: ["\u200b123 ", 123] })).toEqual({ allowFrom: ["123"] });
    expect(ApprovePairingBody.parse({ code: " ABCD2345\u00a0" })).toEqual({ code: "ABCD2345" });
    expect(imageReference.parse("ghcr.io/openclaw/openclaw:2026.9.6\n")).toBe(
      "ghcr.io/openclaw/openclaw:2026.9.6",
    );
  });
});

describe("within a value is named by code point and place", () => {
  it.each([
    ["telegramBotToken", `${TOKEN.slice(0, 15)}\u200b${TOKEN.slice(15)}`, "its character 16 is U+200B"],
    ["telegramBotToken", `  ${TOKEN.slice(0, 15)}\u0410${TOKEN.slice(15)}`, "its character 18 is U+0410"],
    ["telegramBotToken", "123456:short", "must be a Telegram bot token, e.g. 123456789:AA…"],
    ["modelApiKey", "sk-ant-1234\u00a056789", "its character 12 is U+00A0"],
    ["modelId", "claude\u2011sonnet", "its character 7 is U+2011"],
    ["name", "pay\u202egnp.exe", "its character 4 is U+202E"],
    ["name", "two\nlines", "its character 4 is U+000A"],
  ])("%s %j", (field, given, message) => {
    const { error } = PatchBody.safeParse({ [field]: given });
    expect(error?.issues.map((issue) => issue.message)).toEqual([expect.stringContaining(message)]);
    expect(error?.issues[0]?.message).not.toContain(given.slice(-5));
  });
});

describe("is refused", () => {
  it.each([
    ["name", "\u200b"],
    ["name", " \u2060\u00a0 "],
    ["name", "\u3164"],
    ["name", "\u{e0041}"],
    ["name", "\u202ename"],
    ["name", "🦞".repeat(101)],
    ["modelId", "anthropic/"],
    ["modelId", "/claude"],
    ["modelId", "anthropic//claude"],
    ["modelId", ""],
  ])("%s %j", (field, given) => {
    const { error } = ActivateBody.safeParse({ ...ACTIVATION, [field]: given });
    expect(error?.issues.map(({ path }) => path.join("."))).toEqual([field]);
  });

  it("not an emoji of several characters, nor a name of 100", () => {
    const name = "👩‍👩‍👧".repeat(20);
    expect([...name]).toHaveLength(100);
    expect(PatchBody.parse({ name })).toEqual({ name });
  });

  it("saying how long a name is, and how that is counted", () => {
    const { error } = PatchBody.safeParse({ name: "🦞".repeat(101) });
    expect(error?.issues[0]?.message).toBe(
      "must have at most 100 characters, counted as Unicode code points; it has 101",
    );
  });
});
