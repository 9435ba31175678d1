// What a request counts for, and what it adds to totals. Pure.
import type { Selectable } from "kysely";
import type { ModelRequestTable } from "../database/model-usage-tables.ts";

/** What one request adds to its day's totals. */
export const FIGURES = [
  "requests",
  "input",
  "cached_input",
  "cache_writes",
  "output",
  "counted_tokens",
  "microdollars",
  "unpriced_requests",
] as const;
export type Figures = Record<(typeof FIGURES)[number], number>;

export const UNCOUNTED: Readonly<Figures> = {
  requests: 0,
  input: 0,
  cached_input: 0,
  cache_writes: 0,
  output: 0,
  counted_tokens: 0,
  microdollars: 0,
  unpriced_requests: 0,
};

/** Nothing as long as it is open. */
export function figuresOf(row: Selectable<ModelRequestTable>): Readonly<Figures> {
  if (row.state === "open") return UNCOUNTED;
  const { input, cached_input, cache_writes, output, counted_tokens, microdollars } = row;
  return {
    ...{ requests: 1, input, cached_input, cache_writes, output, counted_tokens },
    microdollars: microdollars ?? 0,
    unpriced_requests: microdollars === null ? 1 : 0,
  };
}
