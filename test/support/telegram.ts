// A stand-in for Telegram's Bot API on loopback. It answers getMe as the real server does: by status, by JSON, by words.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Given {
  readonly status: number;
  /** Text as it is, anything else as JSON. */
  readonly body: unknown;
}

export const UNAUTHORIZED = failure(401, "Unauthorized");
export const TOO_MANY = failure(429, "Too Many Requests: retry after 5");

export class Telegram {
  /** The tokens that were asked about, in order. */
  readonly asked: string[] = [];
  /** What is answered to a token instead; "never" for no answer at all. */
  instead = new Map<string, Given | "never">();
  readonly #held = new Map<string, { readonly answered: Promise<void>; readonly noteAsked: () => void }>();
  /** Each bot's one valid token, by the bot's id. */
  readonly #tokens = new Map<string, string>();
  readonly #server = createServer(async (request, response) => {
    const [, token = "", method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? "") ?? [];
    this.asked.push(token);
    const held = this.#held.get(token);
    held?.noteAsked();
    await held?.answered;
    const given = this.instead.get(token) ?? this.#answer(token, method);
    if (given !== "never") send(response, given);
  });

  /** @returns its address */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As BotFather gives a bot its first token, or a new one: the former one is refused from then on. */
  issue(token: string): string {
    this.#tokens.set(idOf(token), token);
    return token;
  }

  /** From now on nothing is answered about the token before `answer` is called; `asked` ends at the first question. */
  hold(token: string): { readonly asked: Promise<void>; readonly answer: () => void } {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const { promise: asked, resolve: noteAsked } = Promise.withResolvers<void>();
    this.#held.set(token, { answered, noteAsked });
    return { asked, answer };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(token: string, method: string): Given {
    if (!/^[1-9]\d*:[\w-]+$/.test(token)) return failure(404, "Not Found");
    if (this.#tokens.get(idOf(token)) !== token) return UNAUTHORIZED;
    if (method !== "getMe") return failure(404, "Not Found: method not found");
    return { status: 200, body: getMe(Number(idOf(token))) };
  }
}

/** What getMe answers for a bot. */
export function getMe(id: number) {
  const result = {
    id,
    is_bot: true,
    first_name: "A bot",
    username: `a${id}_bot`,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
  };
  return { ok: true, result };
}

export function failure(status: number, description: string): Given {
  const parameters = status === 429 ? { parameters: { retry_after: 5 } } : {};
  return { status, body: { ok: false, error_code: status, description, ...parameters } };
}

function idOf(token: string): string {
  return token.split(":")[0] ?? "";
}

function send(response: ServerResponse, { status, body }: Given): void {
  response.writeHead(status, { "Content-Type": "application/json", Location: "/elsewhere" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}
