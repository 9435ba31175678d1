// What the users of the fake Telegram see: each message of a bot as it stands now.
import type { BotMessage } from "./telegram/bot.ts";

export class Chats {
  readonly #messages = new Map<string, BotMessage>();
  readonly #waiting = new Set<() => void>();

  /** A message as it stands from now on. */
  show(message: BotMessage): void {
    this.#messages.set(`${message.botId}/${message.messageId}`, message);
    for (const look of [...this.#waiting]) look();
  }

  /** What the bot of that token has in that chat, oldest first. */
  seen(token: string, chat: number): BotMessage[] {
    const all = [...this.#messages.values()];
    const ofBot = all.filter(({ botId }) => botId === Number(token.split(":")[0]));
    return ofBot.filter((message) => message.chat === chat && !message.isDeleted);
  }

  /**
   * The first message that is wanted, as soon as it is there; one that was there before counts as well.
   * @throws Error after `timeoutMs`, with what was there instead
   */
  heard(
    token: string,
    chat: number,
    isWanted: (message: BotMessage) => boolean,
    timeoutMs: number,
  ): Promise<BotMessage> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.seen(token, chat).find(isWanted);
        if (found) end(() => resolve(found));
      };
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle();
      };
      const timer = setTimeout(() => {
        const texts = this.seen(token, chat).map(({ text }) => text);
        end(() => reject(new Error(`Not heard in ${timeoutMs} ms, but: ${JSON.stringify(texts)}`)));
      }, timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }
}
