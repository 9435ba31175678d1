// What a request has used in the end, out of what the provider has said and how the answer ended.
import type { ModelProvider } from "../assistant/openclaw.ts";
import type { ModelOutcome, Spend } from "./access.ts";
import type { Asked } from "./asked.ts";
import { atLeast, type Fees, mostUses, usesIn } from "./fees.ts";
import type { Passed } from "./passage.ts";
import type { Price } from "./prices.ts";
import type { Route } from "./providers.ts";
import {
  BEYOND_WORST,
  chargeOf,
  type Figures,
  figuresOf,
  LEAST_BOUND,
  NOTHING_USED,
  type Said,
  usageOf,
} from "./usage.ts";

interface Ended {
  readonly provider: ModelProvider;
  readonly route: Route;
  readonly model: string | null;
  readonly asked: Asked;
  readonly worst: Spend;
  readonly durationMs: number;
}

/** Of an answer that was broken off: no fewer bytes than these carry a token. */
const BYTES_OF_TOKEN = 4;

export function outcomeOf(ended: Ended, passed: Passed, price: Price, fees: Fees): ModelOutcome {
  const { route, durationMs, provider, model, asked } = ended;
  const { status } = passed;
  if (!passed.mayHaveWorked || model === null || !route.usage)
    return { status, durationMs, usage: NOTHING_USED, microdollars: 0 };
  const figures = passed.said && figuresOf(route.usage, passed.said, ended.worst);
  if (!figures || !passed.said) return { status, durationMs, usage: null, microdollars: null };
  const uses = usesIn(provider, model, asked, passed.said);
  // Of what was broken off, searches may not have been reported.
  const fee = fees(provider, passed.isWhole ? uses : atLeast(uses, mostUses(provider, model, asked)));
  const used = passed.said.isFinal ? figures : withRest(figures, ended, passed);
  const listed = price(provider, model, used);
  return {
    status,
    durationMs,
    usage: usageOf(used),
    microdollars: dearer(listed === null ? null : listed + fee, charged(passed.said, ended.worst)),
  };
}

/** Of an answer that was broken off, a provider may have reported the input at its beginning, but not all of its output. */
function withRest(figures: Figures, { worst }: Ended, { bytes }: Passed): Figures {
  const estimate = Math.min(Math.ceil(bytes / BYTES_OF_TOKEN), worst.tokens);
  return { ...figures, output_tokens: Math.max(figures.output_tokens ?? 0, estimate) };
}

/** What the provider itself says that it has charged, as bounded as its tokens. */
function charged(said: Said, { microdollars }: Spend): number | null {
  const dollars = chargeOf(said);
  if (dollars === undefined) return null;
  const most = Math.max(LEAST_BOUND, BEYOND_WORST * (microdollars ?? 0));
  return Math.min(Math.ceil(dollars * 1_000_000), most);
}

/** A list may be old, and a charge without what the customer's own key has paid. */
function dearer(listed: number | null, charge: number | null): number | null {
  return listed === null || charge === null ? (listed ?? charge) : Math.max(listed, charge);
}
