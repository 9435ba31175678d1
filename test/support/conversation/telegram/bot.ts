// One bot: what waits for it, who reads it, and what it has sent.
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { answerJson } from "../http.ts";
import { badRequest, OTHER_READER, type TelegramError } from "./error.ts";
import { oggOpus, VOICE_SECONDS } from "./voice.ts";

const PHOTO = readFileSync(new URL("photo.jpg", import.meta.url));
const [PHOTO_WIDTH, PHOTO_HEIGHT] = [64, 48];
const LONGEST_POLL_SECONDS = 50;
const MOST_UPDATES = 100;
const EPOCH = Date.UTC(2026, 0, 1);

/** Text, or a voice message in which that is spoken, or a photo with that caption. */
export type Said = string | { readonly voice: string } | { readonly photo: string };

/** A message of a bot as its user sees it now. */
export interface BotMessage {
  readonly botId: number;
  readonly chat: number;
  readonly messageId: number;
  /** `sendMessage`, `sendPhoto`, … */
  readonly method: string;
  /** Text or caption, without marks. */
  readonly text: string;
  readonly sentAt: number;
  readonly edits: number;
  readonly isDeleted: boolean;
}

interface Update {
  readonly update_id: number;
  readonly message: Readonly<Record<string, unknown>>;
}

interface Poll {
  readonly response: ServerResponse;
  readonly limit: number;
  readonly timer: NodeJS.Timeout;
}

export class Bot {
  readonly id: number;
  readonly messages = new Map<number, BotMessage>();
  /** By file_path. */
  readonly files = new Map<string, Buffer>();
  readonly commands = new Map<string, unknown>();
  webhookUrl = "";
  readonly #chats = new Set<number>();
  #updates: Update[] = [];
  #poll: Poll | undefined;
  // An assistant takes a number that it has seen for a repetition: these grow from one fake to the next, too.
  #nextUpdate = Math.floor((Date.now() - EPOCH) / 100);
  #nextMessage = Math.floor((Date.now() - EPOCH) / 100);

  constructor(id: number) {
    this.id = id;
  }

  /** The bot as a user. */
  get user(): Record<string, unknown> {
    return { id: this.id, is_bot: true, first_name: "Fake bot", username: `fake_${this.id}_bot` };
  }

  get pendingUpdates(): number {
    return this.#updates.length;
  }

  messageId(): number {
    return this.#nextMessage++;
  }

  /** @throws TelegramError when that user has never written to the bot: it can't begin a conversation. */
  chat(id: unknown): Record<string, unknown> {
    if (id === undefined || id === "") throw badRequest("chat_id is empty");
    if (!this.#chats.has(Number(id))) throw badRequest("chat not found");
    return privateChat(Number(id));
  }

  /** Returns the message's id. */
  hear(user: number, said: Said): number {
    const chat = privateChat(user);
    const messageId = this.messageId();
    const from = { ...chat, type: undefined, is_bot: false, language_code: "en" };
    const date = Math.floor(Date.now() / 1000);
    const message = { message_id: messageId, from, chat, date, ...this.#content(said, messageId) };
    this.#chats.add(user);
    this.#updates.push({ update_id: this.#nextUpdate++, message });
    this.#deliver();
    return messageId;
  }

  /** A getUpdates; the one that is still waiting ends. */
  poll(response: ServerResponse, fields: Readonly<Record<string, unknown>>): void {
    this.endPoll(OTHER_READER);
    const offset = Number(fields.offset ?? 0);
    const first = offset < 0 ? (this.#updates.at(offset)?.update_id ?? 0) : offset;
    this.#updates = this.#updates.filter(({ update_id }) => update_id >= first);
    const limit = Math.min(Math.max(Number(fields.limit ?? MOST_UPDATES), 1), MOST_UPDATES);
    const seconds = Math.min(Math.max(Number(fields.timeout ?? 0), 0), LONGEST_POLL_SECONDS);
    const timer = setTimeout(() => this.#answerPoll([]), seconds * 1000);
    this.#poll = { response, limit, timer };
    response.once("close", () => {
      if (this.#poll?.response === response) this.#forgetPoll();
    });
    this.#deliver();
  }

  /** Answers who waits with an error. */
  endPoll(error: TelegramError): void {
    const poll = this.#forgetPoll();
    if (poll) answerJson(poll.response, error.code, error.body);
  }

  /** Cuts who waits off. */
  cutPoll(): void {
    this.#forgetPoll()?.response.socket?.resetAndDestroy();
  }

  #deliver(): void {
    if (this.#poll && this.#updates.length > 0) this.#answerPoll(this.#updates.slice(0, this.#poll.limit));
  }

  #answerPoll(result: readonly Update[]): void {
    const poll = this.#forgetPoll();
    if (poll) answerJson(poll.response, 200, { ok: true, result });
  }

  #forgetPoll(): Poll | undefined {
    const poll = this.#poll;
    clearTimeout(poll?.timer);
    this.#poll = undefined;
    return poll;
  }

  #content(said: Said, messageId: number): Record<string, unknown> {
    if (typeof said === "string")
      return { text: said, ...(said.startsWith("/") && { entities: [commandIn(said)] }) };
    if ("photo" in said) {
      const photo = this.#file(`photos/file_${messageId}.jpg`, PHOTO);
      const size = { ...photo, width: PHOTO_WIDTH, height: PHOTO_HEIGHT };
      return { photo: [size], ...(said.photo && { caption: said.photo }) };
    }
    const voice = this.#file(`voice/file_${messageId}.oga`, oggOpus(said.voice));
    return { voice: { ...voice, duration: VOICE_SECONDS, mime_type: "audio/ogg" } };
  }

  /** The file's id is its path. */
  #file(path: string, bytes: Buffer): Record<string, unknown> {
    this.files.set(path, bytes);
    return { file_id: path, file_unique_id: path.replaceAll(/\W/g, ""), file_size: bytes.length };
  }
}

function privateChat(user: number): Record<string, unknown> {
  return { id: user, type: "private", first_name: `User${user}`, username: `user${user}` };
}

function commandIn(text: string): Record<string, unknown> {
  return { type: "bot_command", offset: 0, length: text.split(/\s/, 1)[0]?.length };
}
