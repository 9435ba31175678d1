// How much an assistant may use of its models, and whether that is reached. Months, days and minutes are those of UTC. Pure.
import type { Refusal } from "../../infra/gateway/access.ts";
import { limitRefusal, paceRefusal } from "../../infra/gateway/limit-refusal.ts";
import { counted } from "../../infra/sentences.ts";
import { LIMIT_WINDOWS, type LimitWindow, type ModelLimits, type WindowLimit } from "../settings.ts";

export const MICRODOLLARS = 1_000_000;
/** From this part of a limit on there is a warning. */
const NEAR = 0.8;
/** Of what is refused only because of what is under way. */
const BUSY_SECONDS = 5;

interface Amount {
  readonly tokens: number;
  readonly microdollars: number;
}

/** What is used, and what is under way at its worst. */
export interface Spent {
  readonly used: Readonly<Record<LimitWindow, Amount>>;
  readonly open: Amount & { readonly requests: number };
}

/** A limit that is reached, or near. */
export interface Hit {
  readonly window: LimitWindow;
  readonly unit: "usd" | "tokens";
  readonly limit: number;
  readonly used: number;
  /** When it is renewed. */
  readonly until: Date;
}

/** The lower one of each. */
export function lowerOf(own: ModelLimits | null, ofOperator: ModelLimits): ModelLimits {
  const windows = LIMIT_WINDOWS.map(
    (window) => [window, lowerWindow(own?.[window], ofOperator[window])] as const,
  );
  const requestsAtOnce = lower(own?.requestsAtOnce, ofOperator.requestsAtOnce);
  return { ...Object.fromEntries(windows), ...(requestsAtOnce !== undefined && { requestsAtOnce }) };
}

function lowerWindow(one: WindowLimit | undefined, other: WindowLimit | undefined): WindowLimit {
  const usd = lower(one?.usd, other?.usd);
  const tokens = lower(one?.tokens, other?.tokens);
  return { ...(usd !== undefined && { usd }), ...(tokens !== undefined && { tokens }) };
}

function lower(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

/** Whether money is limited and tokens are not: then a model without a known price would be without a limit. */
export function limitsMoneyAlone(limits: ModelLimits): boolean {
  const has = (unit: "usd" | "tokens") =>
    LIMIT_WINDOWS.some((window) => limits[window]?.[unit] !== undefined);
  return has("usd") && !has("tokens");
}

/**
 * Why one more request is refused; undefined if it is not. What is under way counts at its worst, so a limit is overrun by
 * less than the worst of one request, however many come at once.
 */
export function refusalOf(limits: ModelLimits, { used, open }: Spent, now: Date): Refusal | undefined {
  const hit = hitAt(limits, used, now, 1);
  if (hit)
    return hit.window === "minute"
      ? paceRefusal(Math.max(1, Math.ceil((hit.until.getTime() - now.getTime()) / 1000)))
      : limitRefusal(hit.window, hit.until);
  if (limits.requestsAtOnce !== undefined && open.requests >= limits.requestsAtOnce)
    return paceRefusal(BUSY_SECONDS);
  const withOpen = (window: LimitWindow): Amount => ({
    tokens: used[window].tokens + open.tokens,
    microdollars: used[window].microdollars + open.microdollars,
  });
  const together = { month: withOpen("month"), day: withOpen("day"), minute: withOpen("minute") };
  return hitAt(limits, together, now, 1) ? paceRefusal(BUSY_SECONDS) : undefined;
}

/** The limit of a month or a day that is reached, the one that lasts longest first. One of a minute is over at once. */
export function reachedLimit(limits: ModelLimits, used: Spent["used"], now: Date): Hit | undefined {
  return hitAt(lasting(limits), used, now, 1);
}

/** The same of which a fifth or less is left. */
export function nearLimit(limits: ModelLimits, used: Spent["used"], now: Date): Hit | undefined {
  return hitAt(lasting(limits), used, now, NEAR);
}

function lasting({ month, day }: ModelLimits): ModelLimits {
  return { month, day };
}

function hitAt(limits: ModelLimits, used: Spent["used"], now: Date, part: number): Hit | undefined {
  for (const window of LIMIT_WINDOWS) {
    const { usd, tokens } = limits[window] ?? {};
    const until = endOf(window, now);
    const money = used[window].microdollars / MICRODOLLARS;
    if (usd !== undefined && money >= usd * part)
      return { window, unit: "usd", limit: usd, used: money, until };
    if (tokens !== undefined && used[window].tokens >= tokens * part)
      return { window, unit: "tokens", limit: tokens, used: used[window].tokens, until };
  }
  return undefined;
}

function amountOf(limit: number, unit: Hit["unit"]): string {
  return counted(limit, unit === "usd" ? "US dollar" : "token");
}

/** For its customer. Its user reads the gateway's own sentence. */
export function reachedSentence({ window, unit, limit, until }: Hit): string {
  return `This assistant has reached its limit of ${amountOf(limit, unit)} a ${window}. It answers again from ${momentText(until)}, or once the limit is raised.`;
}

export function nearSentence({ window, unit, limit, used, until }: Hit): string {
  const spent = unit === "usd" ? used.toFixed(2) : used;
  return `The assistant has used ${spent} of ${amountOf(limit, unit)} of this ${window}. At the limit it stops answering, until ${momentText(until)}.`;
}

function momentText(moment: Date): string {
  return moment.toISOString().replace(/:00\.000Z$/, "Z");
}

/** What names the month, day and minute that a moment is in. */
export function windowNames(now: Date): Readonly<Record<LimitWindow, string>> {
  const text = now.toISOString();
  return { month: text.slice(0, 7), day: text.slice(0, 10), minute: text.slice(0, 16) };
}

export function endOf(window: LimitWindow, now: Date): Date {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  if (window === "month") return new Date(Date.UTC(year, month + 1, 1));
  if (window === "day") return new Date(Date.UTC(year, month, day + 1));
  return new Date(Math.floor(now.getTime() / 60_000) * 60_000 + 60_000);
}
