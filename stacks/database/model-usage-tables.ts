// The tables of what assistants use of their models. Counts are tokens, money is millionths of a US dollar. Types only.
import type { ColumnType } from "kysely";
import type { ModelProvider } from "../../infra/assistant/openclaw.ts";
import type { Timestamp } from "./deployment-table.ts";

type Counter = ColumnType<number, number | undefined, number>;

interface ModelTokenTable {
  /** SHA-256 of the token, in hex. */
  hash: string;
  deployment_id: string;
  created_at: Timestamp;
}

/** What a deployment has used in the present month, day and minute (UTC), and what is under way. */
export interface ModelSpendTable {
  deployment_id: string;
  /** `2026-11`, as far as the counters beside it are of that month; so for the others. */
  month: ColumnType<string, string | undefined, string>;
  month_tokens: Counter;
  month_microdollars: Counter;
  day: ColumnType<string, string | undefined, string>;
  day_tokens: Counter;
  day_microdollars: Counter;
  minute: ColumnType<string, string | undefined, string>;
  minute_tokens: Counter;
  minute_microdollars: Counter;
  open_requests: Counter;
  /** At their worst. */
  open_tokens: Counter;
  open_microdollars: Counter;
}

/** `open`: sent, or about to be. `settled`: its end is known. `lost`: its gateway ended before it; its worst counts. */
type ModelRequestState = "open" | "settled" | "lost";

/** One request to a provider; no content. Kept for 90 days. */
export interface ModelRequestTable {
  id: string;
  deployment_id: string;
  /** The process that sent it. */
  gateway_id: string;
  at: Date;
  provider: ModelProvider;
  model: string;
  state: ModelRequestState;
  worst_tokens: number;
  /** Null where the model's price isn't known, as is `microdollars`. */
  worst_microdollars: number | null;
  input: Counter;
  /** Parts of the input. */
  cached_input: Counter;
  cache_writes: Counter;
  output: Counter;
  /** What it counts for: input and output, or its worst. */
  counted_tokens: Counter;
  microdollars: number | null;
  /** Of the answer; null if there was none. */
  status: number | null;
  duration_ms: number | null;
  /** Of a stream that has not begun although it was sent long ago. */
  silent_since: Date | null;
}

/** Totals, for good. */
interface ModelUsageDayTable {
  deployment_id: string;
  day: ColumnType<Date, string, never>;
  provider: ModelProvider;
  model: string;
  requests: Counter;
  input: Counter;
  cached_input: Counter;
  cache_writes: Counter;
  output: Counter;
  counted_tokens: Counter;
  microdollars: Counter;
  unpriced_requests: Counter;
}

export interface ModelUsageTables {
  model_tokens: ModelTokenTable;
  model_spend: ModelSpendTable;
  model_requests: ModelRequestTable;
  model_usage_days: ModelUsageDayTable;
  /** Processes that send requests, and when each was last alive. */
  model_gateways: { id: string; seen_at: Timestamp };
  /** One row at most. */
  gateway_authority: { id: number; certificate: string; sealed_key: string };
  /** Providers that the operator has stopped; `all` for every one. */
  model_stops: { provider: ModelProvider | "all"; since: Timestamp };
}
