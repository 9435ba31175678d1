// What a request has used in the end, out of what the provider has said and how the answer ended.
import type { ModelProvider } from "../assistant/openclaw.ts";
import type { ModelOutcome, Spend } from "./access.ts";
import type { Passed } from "./passage.ts";
import type { Price } from "./prices.ts";
import type { Route } from "./providers.ts";
import { chargeOf, type Figures, figuresOf, NOTHING_USED, type Said, usageOf } from "./usage.ts";

interface Ended {
  readonly provider: ModelProvider;
  readonly route: Route;
  readonly model: string | null;
  readonly worst: Spend;
  readonly durationMs: number;
}

/** Of an answer that was broken off: no fewer bytes than these carry a token. */
const BYTES_OF_TOKEN = 4;

export function outcomeOf(ended: Ended, passed: Passed, price: Price): ModelOutcome {
  const { route, durationMs, provider, model } = ended;
  const { status } = passed;
  if (!passed.mayHaveWorked || model === null || !route.usage)
    return { status, durationMs, usage: NOTHING_USED, microdollars: 0 };
  const figures = passed.said && figuresOf(route.usage, passed.said, ended.worst);
  if (!figures || !passed.said) return { status, durationMs, usage: null, microdollars: null };
  const used = passed.isWhole ? figures : withRest(figures, ended, passed);
  return {
    status,
    durationMs,
    usage: usageOf(used),
    microdollars: price(provider, model, used) ?? charged(passed.said),
  };
}

/** Of an answer that was broken off, a provider has told the input at its beginning, but not all of its output. */
function withRest(figures: Figures, { worst }: Ended, { bytes }: Passed): Figures {
  const estimate = Math.min(Math.ceil(bytes / BYTES_OF_TOKEN), worst.tokens);
  return { ...figures, output_tokens: Math.max(figures.output_tokens ?? 0, estimate) };
}

function charged(said: Said): number | null {
  const dollars = chargeOf(said);
  return dollars === undefined ? null : Math.ceil(dollars * 1_000_000);
}
