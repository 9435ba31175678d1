// What Telegram says when it does not do what it is asked, in its own words (tdlib/telegram-bot-api, Client.cpp).

/** An answer that is not ok. */
export class TelegramError extends Error {
  readonly code: number;

  constructor(code: number, description: string) {
    super(description);
    this.code = code;
  }

  get body(): Record<string, unknown> {
    return { ok: false, error_code: this.code, description: this.message };
  }
}

export const NOT_FOUND = new TelegramError(404, "Not Found");
export const UNAUTHORIZED = new TelegramError(401, "Unauthorized");
export const INVALID_TOKEN = new TelegramError(401, "Unauthorized: invalid token specified");
export const BAD_GATEWAY = new TelegramError(502, "Bad Gateway");
export const OTHER_READER = new TelegramError(
  409,
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
);
export const WEBHOOK_IS_ACTIVE = new TelegramError(
  409,
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
);

export function badRequest(what: string): TelegramError {
  return new TelegramError(400, `Bad Request: ${what}`);
}
