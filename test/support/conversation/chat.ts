// One person's chat with an assistant, and what Berth tells of that assistant meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { ACTIVATION, type Called, newBotToken, paidSlot, waitForStatus } from "../berth.ts";
import { docker, inside } from "../docker.ts";
import { ACTIVE_MS, type World } from "./conversation.ts";
import type { BotMessage, Said } from "./telegram/bot.ts";
import { SHOWN_CHARACTERS } from "./wire/words.ts";

/** OpenClaw loads its agent at the first message. */
export const FIRST_ANSWER_MS = 300_000;
export const ANSWER_MS = 120_000;
/** Who writes, unless somebody else is named. */
export const USER = 555;
/** OpenClaw knows it by itself. */
export const KNOWN_MODEL = "claude-haiku-4-5-20251001";
const SETTINGS_FILE = "/home/node/.openclaw/openclaw.json";

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly finishedAt: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The parts of `GET /:id/status` that a conversation changes. */
export interface Told {
  readonly status: string;
  readonly operation: Operation;
  readonly drift: { readonly seen: { readonly state: string } } | null;
  readonly warning: {
    readonly cause: { readonly code: string; readonly message: string };
    readonly since: string;
  } | null;
  readonly channel: { readonly state: string; readonly since: string } | null;
  readonly lastMessageAt: string;
  readonly lastAnswerAt: string;
  readonly lastError: string | null;
}

interface Parts {
  readonly world: World;
  readonly berth: Called;
  /** Of the deployment. */
  readonly id: string;
  /** Of the bot. */
  readonly token: string;
}

export class Chat {
  readonly id: string;
  readonly token: string;
  readonly #world: World;
  readonly #berth: Called;

  constructor({ world, berth, id, token }: Parts) {
    this.id = id;
    this.token = token;
    this.#world = world;
    this.#berth = berth;
  }

  /** Is activated once its user has said that; it is answered when this ends. */
  async begin(hello: string, settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.say(hello);
    await this.activate(settings);
    await this.answered(hello, { timeoutMs: FIRST_ANSWER_MS });
  }

  say(said: Said, user = USER): Promise<number> {
    return this.#world.telegram.say(this.token, user, said);
  }

  /** The bot's first message with that text in it, from the beginning. */
  heard(marker: string, { timeoutMs = ANSWER_MS, user = USER } = {}): Promise<BotMessage> {
    return this.#heard(({ text }) => text.includes(marker), timeoutMs, user);
  }

  /** The whole answer to what was said: the fakes repeat it, and it is the last that they were shown. */
  answered(said: string, { timeoutMs = ANSWER_MS, user = USER } = {}): Promise<BotMessage> {
    const isAnswer = ({ text }: BotMessage) =>
      text.includes(`You said «${said}»`) && text.endsWith(`${said.slice(0, SHOWN_CHARACTERS)}.`);
    return this.#heard(isAnswer, timeoutMs, user);
  }

  /** Says it, and returns the answer's text. */
  async answerTo(text: string, options: { timeoutMs?: number; user?: number } = {}): Promise<string> {
    await this.say(text, options.user);
    return (await this.answered(text, options)).text;
  }

  /** Asks until an answer comes: OpenClaw may refuse for a minute what would work by now. */
  async untilAnswered(): Promise<void> {
    for (let question = 1; question <= 20; question++) {
      const asked = `Now? ${Date.now()}-${question}`;
      const isAnswered = await this.answerTo(asked, { timeoutMs: 15_000 }).then(
        () => true,
        () => false,
      );
      if (isAnswered) return;
    }
    throw new Error("It does not answer any more.");
  }

  /** Lets Telegram user 555 in, unless told otherwise, and waits until it is active. */
  async activate(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const owned = { ...ACTIVATION, modelId: KNOWN_MODEL, telegramBotToken: this.token };
    const body = { ...owned, allowFrom: [`${USER}`], ...settings };
    await this.#accepted("POST", "activate", body);
    await waitForStatus(this.#berth, this.id, "active", ACTIVE_MS);
  }

  async stop(): Promise<void> {
    await this.#accepted("POST", "stop", {});
    await waitForStatus(this.#berth, this.id, "stopped");
  }

  /** One redeploy, however it ends. */
  redeploy(body: Readonly<Record<string, unknown>> = {}): Promise<Operation> {
    return this.operation("POST", "redeploy", body);
  }

  /** One change by PATCH, however it ends. */
  async change(body: Readonly<Record<string, unknown>>): Promise<Operation> {
    return this.operation("PATCH", "", body);
  }

  /** Makes a call, and returns the operation that it has made once that is over. */
  async operation(method: string, path: string, body: unknown): Promise<Operation> {
    const before = (await this.status()).operation?.id;
    await this.#accepted(method, path, body);
    const isOver = ({ operation }: Told) =>
      operation !== null && operation.id !== before && operation.finishedAt !== null;
    return (await this.told(isOver, 2 * ACTIVE_MS)).operation;
  }

  async remove(): Promise<void> {
    await this.#accepted("DELETE", "");
    await waitForStatus(this.#berth, this.id, "deleted");
  }

  async status(): Promise<Told> {
    return (await this.#berth.call("GET", `${this.id}/status`)).body.data as unknown as Told;
  }

  /** The first status that is as wanted. */
  async told(isWanted: (status: Told) => boolean, timeoutMs = ANSWER_MS): Promise<Told> {
    for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(200)) {
      const now = await this.status();
      if (isWanted(now)) return now;
    }
    throw new Error(`Not so in ${timeoutMs} ms: ${JSON.stringify(await this.status())}`);
  }

  /** The first status with a warning of that code, or with none. */
  warned(code: string | null, timeoutMs = ANSWER_MS): Promise<Told> {
    return this.told(({ warning }) => (warning?.cause.code ?? null) === code, timeoutMs);
  }

  async containerId(): Promise<string> {
    return (await docker.getContainer(`berth-${this.id}`).inspect()).Id;
  }

  /** Changes its openclaw.json as its agent does it. */
  edit(by: (settings: Record<string, unknown>) => unknown): void {
    const settings = JSON.parse(inside(this.id, "cat", SETTINGS_FILE));
    by(settings);
    const text = Buffer.from(JSON.stringify(settings, null, 2)).toString("base64");
    const file = `${SETTINGS_FILE}.edited`;
    inside(this.id, "sh", "-c", `echo ${text} | base64 -d > ${file} && mv ${file} ${SETTINGS_FILE}`);
  }

  #heard(isWanted: (message: BotMessage) => boolean, timeoutMs: number, user: number): Promise<BotMessage> {
    return this.#world.telegram.heard(this.token, user, isWanted, timeoutMs);
  }

  async #accepted(method: string, path: string, body?: unknown): Promise<void> {
    const target = path ? `${this.id}/${path}` : this.id;
    const answer = await this.#berth.call(method, target, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  }
}

/** With a slot that is bought and a bot that is new; see Chat.begin. */
export async function beginChat(
  world: World,
  berth: Called,
  hello: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Chat> {
  const chat = new Chat({ world, berth, id: await paidSlot(berth), token: newBotToken() });
  await chat.begin(hello, settings);
  return chat;
}
