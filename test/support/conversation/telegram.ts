// A fake of Telegram that speaks the real Bot API: long polling, errors in Telegram's words, files. Every token of the
// right form is right until it is revoked; a bot keeps its messages when it gets another token.
import type { ServerResponse } from "node:http";
import { type Asked, answerJson, fieldsOf } from "./http.ts";
import { Bot, type BotMessage, type Said } from "./telegram/bot.ts";
import {
  BAD_GATEWAY,
  INVALID_TOKEN,
  NOT_FOUND,
  OTHER_READER,
  TelegramError,
  UNAUTHORIZED,
  WEBHOOK_IS_ACTIVE,
} from "./telegram/error.ts";
import { callMethod } from "./telegram/methods.ts";

export const TELEGRAM_HOST = "api.telegram.org";
const TOKEN = /^[1-9][0-9]{4,15}:[A-Za-z0-9_-]{30,64}$/;

/** A call as it came, and how it was answered. */
export interface TelegramCall {
  readonly at: number;
  readonly token: string;
  readonly method: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** 0 for one that was cut off; undefined for a getUpdates, which is answered later. */
  readonly status: number | undefined;
}

/** `reset`: connections are cut once they have asked. */
export type Outage = "502" | "reset";

export interface TelegramEvents {
  called(call: TelegramCall): void;
  /** A message was sent, edited or deleted. */
  shown(message: BotMessage): void;
}

export class FakeTelegram {
  readonly #bots = new Map<number, Bot>();
  readonly #revoked = new Set<string>();
  readonly #readElsewhere = new Set<number>();
  #outage: Outage | undefined;

  readonly #events: TelegramEvents;

  constructor(events: TelegramEvents) {
    this.#events = events;
  }

  async handle(asked: Asked, response: ServerResponse): Promise<void> {
    const [, file, token = "", rest = ""] =
      /^\/(file\/)?bot([^/]+)\/(?:test\/)?(.+)$/.exec(asked.url.pathname) ?? [];
    const fields = await fieldsOf(asked).catch(() => ({}));
    const tell = (status: number | undefined) =>
      this.#events.called({ at: Date.now(), token, method: file ? "(file)" : rest, fields, status });
    try {
      if (this.#outage === "reset") {
        tell(0);
        response.socket?.resetAndDestroy();
        return;
      }
      if (this.#outage) throw BAD_GATEWAY;
      if (!token) throw NOT_FOUND;
      const bot = this.#botOf(token);
      if (file) this.#download(bot, rest, response);
      else if (rest.toLowerCase() === "getupdates") this.#poll(bot, fields, response);
      else {
        const result = callMethod(rest, bot, fields, (message) => this.#events.shown(message));
        answerJson(response, 200, { ok: true, result });
      }
      tell(response.headersSent ? 200 : undefined);
    } catch (error) {
      if (!(error instanceof TelegramError)) throw error;
      tell(error.code);
      answerJson(response, error.code, error.body);
    }
  }

  /** Lets a user write to the bot of that token; returns the message's id. */
  say(token: string, user: number, said: Said): number {
    return this.#botOf(token).hear(user, said);
  }

  /** As BotFather's /revoke: that token is wrong from now on. */
  revoke(token: string): void {
    this.#botOf(token).endPoll(UNAUTHORIZED);
    this.#revoked.add(token);
  }

  /** Another program reads the bot, and wins each time. */
  readElsewhere(token: string): void {
    const bot = this.#botOf(token);
    this.#readElsewhere.add(bot.id);
    bot.endPoll(OTHER_READER);
  }

  /** The other program has stopped. */
  readHereAlone(token: string): void {
    this.#readElsewhere.delete(this.#botOf(token).id);
  }

  /** Who waits for updates is cut off as well. */
  fail(outage: Outage): void {
    this.#outage = outage;
    for (const bot of this.#bots.values()) {
      if (outage === "502") bot.endPoll(BAD_GATEWAY);
      else bot.cutPoll();
    }
  }

  recover(): void {
    this.#outage = undefined;
  }

  #botOf(token: string): Bot {
    const id = Number(token.split(":")[0]);
    if (token.startsWith("0") || token.length > 80 || !/^\d+:/.test(token)) throw INVALID_TOKEN;
    if (!TOKEN.test(token) || this.#revoked.has(token)) throw UNAUTHORIZED;
    const bot = this.#bots.get(id) ?? new Bot(id);
    this.#bots.set(id, bot);
    return bot;
  }

  #poll(bot: Bot, fields: Readonly<Record<string, unknown>>, response: ServerResponse): void {
    if (bot.webhookUrl) throw WEBHOOK_IS_ACTIVE;
    if (this.#readElsewhere.has(bot.id)) throw OTHER_READER;
    bot.poll(response, fields);
  }

  #download(bot: Bot, path: string, response: ServerResponse): void {
    const bytes = bot.files.get(path);
    if (!bytes) throw NOT_FOUND;
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes.length });
    response.end(bytes);
  }
}
