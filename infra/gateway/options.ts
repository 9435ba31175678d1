// What the gateway is given, and its limits unless they are given.
import type { KnownProvider } from "../assistant/openclaw.ts";
import type { Strangers } from "../assistant/strangers.ts";
import type { ModelAccess } from "./access.ts";
import type { PriceTable } from "./prices.ts";

/** Lengths are bytes. */
export interface Limits {
  /** Of a request. */
  readonly longestBody: number;
  /** Of all requests that are in memory. */
  readonly bodiesInMemory: number;
  readonly bodyTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Until a provider begins to answer. An answer that isn't streamed comes after all the thinking. */
  readonly headersTimeoutMs: number;
  /** Until the access learns that a stream does not begin. */
  readonly silentMs: number;
  /** Between two pieces of an answer. */
  readonly idleTimeoutMs: number;
  /** For which an assistant may not read on. */
  readonly stalledMs: number;
  readonly longestAnswerMs: number;
}

export interface GatewayOptions extends Partial<Limits> {
  readonly access: ModelAccess;
  /** Where a provider is, if not at its own address. */
  readonly baseUrls?: Readonly<Partial<Record<KnownProvider, string>>>;
  /** Which servers of customers' own may be asked; absent: none. */
  readonly strangers?: Strangers;
  readonly prices?: PriceTable;
  /** Gets a sentence on what went wrong; never a key, a token or content. */
  readonly onProblem?: (problem: string) => void;
}

export type GatewaySettings = GatewayOptions & Limits;

export const DEFAULTS: Limits = {
  longestBody: 50 * 1024 ** 2,
  bodiesInMemory: 256 * 1024 ** 2,
  bodyTimeoutMs: 60_000,
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 600_000,
  silentMs: 15_000,
  idleTimeoutMs: 300_000,
  stalledMs: 120_000,
  longestAnswerMs: 3_600_000,
};
