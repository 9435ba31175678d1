// Everything that a world has told of, as it came.
import { Chats } from "./chats.ts";
import type { ModelCall } from "./models.ts";
import type { TelegramCall } from "./telegram.ts";
import type { Elsewhere, WorldEvent } from "./world.ts";

export class Seen {
  readonly chats = new Chats();
  readonly telegram: TelegramCall[] = [];
  readonly models: ModelCall[] = [];
  readonly elsewhere: Elsewhere[] = [];
  /** Why a fake could not go on. */
  readonly broken: string[] = [];

  take(event: WorldEvent): void {
    if ("shown" in event) this.chats.show(event.shown);
    else if ("telegram" in event) this.telegram.push(event.telegram);
    else if ("model" in event) this.models.push(event.model);
    else if ("elsewhere" in event) this.elsewhere.push(event.elsewhere);
    else this.broken.push(event.broken);
  }

  /** How often what was called, of Telegram for that bot and of the providers: for the error of a test that waits in vain. */
  counts(token: string): Record<string, number> {
    const ofBot = this.telegram.filter((call) => call.token === token);
    const calls = [
      ...ofBot.map(({ method, status = "" }) => `${method} ${status}`.trim()),
      ...this.models.map(({ provider, kind, status, end }) => `${provider} ${kind} ${status} ${end}`),
    ];
    return Object.fromEntries(
      [...new Set(calls)].map((call) => [call, calls.filter((other) => other === call).length]),
    );
  }
}
