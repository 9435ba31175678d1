// The most that a request can use: a token of input is at least a byte of the body, and output is bounded by the request.
// Of the provider's own tools the fees are in it, see fees.ts. What such tools and stored conversations add to the input is not;
// it is counted when the usage is read.
import type { ModelProvider } from "../assistant/openclaw.ts";
import type { Spend } from "./access.ts";
import type { Asked } from "./asked.ts";
import { type Fees, mostUses } from "./fees.ts";
import type { Price } from "./prices.ts";
import type { CallKind } from "./providers.ts";

/** Tokens of one answer, where the request doesn't bound it. */
const MOST_OUTPUT: Readonly<Record<CallKind, number>> = {
  text: 65_536,
  count: 0,
  list: 0,
  embedding: 0,
  speech: 16_384,
  transcription: 16_384,
  image: 16_384,
};
const MOST_ANSWERS = 128;
/** A figure beyond it is nobody's model. */
const MOST_ASKED = 10_000_000;
const NOTHING: Spend = { tokens: 0, microdollars: 0 };

interface Request {
  readonly provider: ModelProvider;
  readonly kind: CallKind;
  readonly model: string | null;
  readonly bytes: number;
  readonly asked: Asked;
}

export function worstCase({ provider, kind, model, bytes, asked }: Request, price: Price, fees: Fees): Spend {
  if (kind === "list" || kind === "count" || model === null) return NOTHING;
  const each = Math.min(asked.mostOutput ?? MOST_OUTPUT[kind], MOST_ASKED);
  const output = MOST_OUTPUT[kind] === 0 ? 0 : each * Math.min(asked.answers, MOST_ANSWERS);
  const tokens = { input_tokens: bytes, output_tokens: output };
  // Writing a cache is dearer than plain input, at those who charge for it.
  const costs = [tokens, { ...tokens, cache_write_tokens: bytes }].map((one) => price(provider, model, one));
  const known = costs.filter((cost) => cost !== null);
  const fee = fees(provider, mostUses(provider, model, asked));
  return { tokens: bytes + output, microdollars: known.length > 0 ? Math.max(...known) + fee : null };
}
