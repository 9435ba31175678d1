// What the model gateway must know of who asks: types only. Who may ask, with which key, and who pays is decided elsewhere.
import type { ModelProvider } from "../assistant/openclaw.ts";

/** One request to a model provider, before it is sent. */
export interface ModelRequest {
  /** As the assistant sent it. */
  readonly token: string;
  readonly provider: ModelProvider;
  /** Null for a request that is about no model, such as a list of them: it costs nothing. */
  readonly model: string | null;
  /** The most that it can use. */
  readonly worst: Spend;
}

export interface Spend {
  /** Input and output together. */
  readonly tokens: number;
  /** Millionths of a US dollar; null where the model's price isn't known. */
  readonly microdollars: number | null;
}

/** What a provider says was used, in tokens. Cached input and cache writes are parts of the input. */
export interface ModelUsage {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrites: number;
  readonly output: number;
}

/** How a request ended. */
export interface ModelOutcome {
  /** HTTP status that the assistant got; null if it got none. */
  readonly status: number | null;
  /**
   * What the provider says was used, as far as it has said so. Null if it has said nothing, although it may have worked: then
   * the worst case counts.
   */
  readonly usage: ModelUsage | null;
  readonly microdollars: number | null;
  readonly durationMs: number;
}

/** Why a request is refused. */
export interface Refusal {
  readonly status: 401 | 403 | 429 | 503;
  /** A sentence that the assistant shows to its user. */
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

export interface Admitted {
  /** The real key of the provider, in clear text. */
  readonly key: string;
  /** Of the server that this deployment has named; absent for every other provider. */
  readonly baseUrl?: string | undefined;
  /** Given when the assistant may use models no longer, with a Refusal as its reason: the request is then given up. */
  readonly signal?: AbortSignal;
  /** Called when its stream does not begin for long, and when it does after all. Never throws. */
  silent(isSilent: boolean): void;
  /** Called once, when nothing more of it can come. Never throws. */
  settle(outcome: ModelOutcome): void;
}

/** Decides about each request, after it is on record that it is sent. */
export interface ModelAccess {
  /**
   * Looks at a token alone, before a body is read: a stranger's bodies take no memory. Cheap, from memory where possible.
   * @returns why nothing is taken from it; undefined if something may be
   * @throws Error as admit
   */
  recognize(token: string): Promise<Refusal | undefined>;
  /** @throws Error when it can't be decided now: the request is refused with 503 */
  admit(request: ModelRequest): Promise<Admitted | { readonly refusal: Refusal }>;
}
