// What a request costs above the list price because it is to be faster: whoever writes `/fast` to an assistant asks for that.
// Not every provider's answer says what it was in the end, so what was asked for counts.
import type { Asked } from "./asked.ts";
import type { Price } from "./prices.ts";

/** They cost the list price, or less. */
const PLAIN: readonly string[] = ["auto", "default", "standard", "standard_only", "flex", "scale", "batch"];
/** Anthropic's `speed: "fast"` costs twice as much; of the first models that had it, six times. */
const [FAST, FAST_AT_FIRST] = [2, 6];
const AT_FIRST = /opus-4-[67]\b/;
const ULTRAFAST = 6;
/** OpenAI's `service_tier: "priority"` costs 1.7 to 2.5 times as much, by model. */
const OTHER = 2.5;

/** The prices of a request that asks for this. */
export function withPremium(price: Price, { paces }: Pick<Asked, "paces">): Price {
  if (paces.length === 0) return price;
  return (provider, model, figures) => {
    const listed = price(provider, model, figures);
    return listed === null
      ? null
      : Math.ceil(listed * Math.max(...paces.map((pace) => factorOf(model, pace))));
  };
}

function factorOf(model: string, pace: string): number {
  if (PLAIN.includes(pace)) return 1;
  if (pace === "fast") return AT_FIRST.test(model) ? FAST_AT_FIRST : FAST;
  return pace === "ultrafast" ? ULTRAFAST : OTHER;
}
