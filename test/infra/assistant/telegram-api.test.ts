// What Telegram answers of a bot's token, from a stand-in on loopback that speaks as the real server does.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { askTelegram } from "../../../infra/assistant/telegram-api.ts";
import { BOT_SECRET, newBotToken } from "../../support/berth.ts";
import { ownTime } from "../../support/own-time.ts";
import { failure, type Given, getMe, Telegram, TOO_MANY } from "../../support/telegram.ts";

const TOKEN = newBotToken();
const ID = Number(TOKEN.split(":")[0]);
const telegram = new Telegram();
let base = "";
beforeAll(async () => {
  base = await telegram.open();
});
afterAll(() => telegram.close());
beforeEach(() => {
  telegram.instead.clear();
  telegram.asked.length = 0;
});

describe("a stand-in of Telegram on loopback that answers as the real server does:", () => {
  it("Telegram accepts a bot's own token", async () => {
    telegram.issue(TOKEN);
    expect(await askTelegram(base, TOKEN)).toBe("accepted");
    expect(telegram.asked).toEqual([TOKEN]);
  });

  it("Telegram refuses a made-up token, a revoked one, and one that none can be", async () => {
    const first = telegram.issue(newBotToken());
    telegram.issue(first.replace(/.$/, "X"));
    for (const token of [newBotToken(), first, "no-token"])
      expect(await askTelegram(base, token)).toBe("refused");
  });

  it.each<[string, Given]>([
    ["Telegram's limit", TOO_MANY],
    ["Telegram's fault", failure(500, "Internal Server Error")],
    ["another server's 421", failure(421, "Misdirected Request")],
    ["a proxy's own page", { status: 401, body: "<html>Log in" }],
    ["a proxy's own JSON", { status: 401, body: { error: "Log in" } }],
    ["a refusal with the status of something else", { status: 200, body: failure(401, "Unauthorized").body }],
    ["a page that says all is well", { status: 200, body: "<html>" }],
    ["another bot", { status: 200, body: getMe(ID + 1) }],
    ["a user", { status: 200, body: { ok: true, result: { id: ID, is_bot: false } } }],
    ["a bot with the status of a fault", { status: 502, body: getMe(ID) }],
    ["a redirect", { status: 302, body: getMe(ID) }],
    ["an answer without an end", { status: 200, body: " ".repeat(1024 * 1024) + JSON.stringify(getMe(ID)) }],
  ])("%s says nothing", async (_name, given) => {
    telegram.instead.set(TOKEN, given);
    expect(await askTelegram(base, TOKEN)).toBe("no answer");
    // fetch itself repeats what was answered with 421, once.
    expect(new Set(telegram.asked)).toEqual(new Set([TOKEN]));
  });

  it("nor does silence, after 3 s, a closed port, or a name that there is not", async () => {
    telegram.instead.set(TOKEN, "never");
    const ownMs = ownTime();
    expect(await askTelegram(base, TOKEN)).toBe("no answer");
    expect(ownMs()).toBeLessThan(4_500);
    for (const away of ["http://127.0.0.1:1", "http://telegram.invalid", "not a URL"])
      expect(await askTelegram(away, TOKEN)).toBe("no answer");
  });

  it("the token is in no line that is written meanwhile", async () => {
    const written: unknown[] = [];
    const keep = (...said: unknown[]) => void written.push(...said);
    for (const method of ["log", "warn", "error", "debug", "info"] as const)
      vi.spyOn(console, method).mockImplementation(keep);
    await askTelegram("http://127.0.0.1:1", TOKEN);
    await askTelegram(base, newBotToken());
    vi.restoreAllMocks();
    expect(JSON.stringify(written)).not.toContain(BOT_SECRET);
  });
});
