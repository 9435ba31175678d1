// How a provider answers one call, given what the test wants of it. Nothing is sent here.
import { z } from "zod";
import type { Asked } from "../http.ts";
import { type Asking, type Billed, type Reply, type Turn, UnanswerableBody } from "../wire/turn.ts";
import { longReplyTo, replyTo, runawayReplyTo } from "../wire/words.ts";
import { type Answer, jsonOf, type Provider, type Refusal, type Route } from "./provider.ts";

/**
 * `hang`: never answered. `cut`: the connection ends in the midst. `long`: more than 10,000 characters. `runaway`: calls a
 * tool wrongly, however often it is told so.
 */
export type AnswerMode = "normal" | Refusal | "hang" | "cut" | "long" | "slow" | "runaway";
/** `bare`: ids alone. `error`: the provider's own server error. */
type ListMode = "full" | "bare" | "empty" | "error";

export interface Modes {
  /** Of answers; a refused key is refused everywhere. */
  readonly answers: AnswerMode;
  /** The one model whose answers are so; null for all of them. */
  readonly ofModel: string | null;
  /** Of `GET …/models`. */
  readonly list: ListMode;
}

export interface Outcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly string[];
  /** Before each piece. */
  readonly pauseMs: number;
  readonly end: "whole" | "cut" | "never";
  /** Of a whole answer. */
  readonly billed?: Billed;
}

export interface Decision {
  readonly route: Route | undefined;
  readonly asking: Asking | undefined;
  readonly outcome: Outcome;
}

/** What is said in another way. */
const REPLIES: Partial<Record<AnswerMode, (turn: Turn) => Reply>> = {
  long: longReplyTo,
  runaway: runawayReplyTo,
};
/** An answer that is slow takes ten to forty times as long. */
const SLOW_MS = 300;

export async function decide(asked: Asked, provider: Provider, modes: Modes): Promise<Decision> {
  const { pathname } = asked.url;
  const route = provider.routes.find(({ method, path }) => method === asked.method && path.test(pathname));
  const isKnown = provider.keyIn(asked.headers) !== undefined || route?.isOpen;
  if (!isKnown) return { route, asking: undefined, outcome: whole(provider.withoutKey) };
  if (!route) return { route, asking: undefined, outcome: whole(provider.withoutRoute) };
  try {
    if (route.kind !== "turn")
      return { route, asking: undefined, outcome: whole(await other(asked, provider, route, modes)) };
    const asking = route.api(jsonOf(asked), asked.url);
    return { route, asking, outcome: answered(asking, provider, modeFor(asking, modes)) };
  } catch (error) {
    return { route, asking: undefined, outcome: whole(invalid(provider, error)) };
  }
}

/** @throws whatever is no fault of the body */
function invalid(provider: Provider, error: unknown): Answer {
  if (error instanceof UnanswerableBody) return provider.invalid(error.message, error.code);
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return provider.invalid(error.message, null);
  throw error;
}

function modeFor({ turn }: Asking, { answers, ofModel }: Modes): AnswerMode {
  return ofModel === null || ofModel === turn.model ? answers : "normal";
}

function answered(asking: Asking, provider: Provider, mode: AnswerMode): Outcome {
  const { turn } = asking;
  if (mode === "key refused") return whole(provider.refuse(mode, turn.model));
  if (!provider.models.includes(turn.model.replace(/:.*$/, "")))
    return whole(provider.refuse("model unknown", turn.model));
  const reply = REPLIES[mode]?.(turn) ?? replyTo(turn);
  const pauseMs = mode === "slow" ? SLOW_MS : 0;
  const isWhole = mode === "normal" || mode === "slow" || mode === "long" || mode === "runaway";
  if (!isWhole && mode !== "hang" && mode !== "cut") return whole(provider.refuse(mode, turn.model));
  const end = isWhole ? "whole" : mode === "cut" ? "cut" : "never";
  if (!turn.isStreamed) {
    const answer = whole({ status: 200, body: asking.whole(reply) });
    return { ...answer, end, pauseMs: pauseMs * 10, ...(isWhole && { billed: asking.billed(reply) }) };
  }
  const headers = { "content-type": "text/event-stream", "cache-control": "no-cache" };
  const pieces = asking.stream(reply);
  return { status: 200, headers, pieces, pauseMs, end, ...(isWhole && { billed: asking.billed(reply) }) };
}

async function other(
  asked: Asked,
  provider: Provider,
  route: Exclude<Route, { readonly kind: "turn" }>,
  modes: Modes,
): Promise<Answer> {
  if (modes.answers === "key refused" && !route.isOpen) return provider.refuse("key refused", "");
  if (route.kind === "list") {
    if (modes.list === "error") return provider.refuse("server error", "");
    const ids = modes.list === "empty" ? [] : provider.models;
    return { status: 200, body: route.list(ids, modes.list === "bare" ? "bare" : "full") };
  }
  if (route.kind !== "model") return { status: 200, body: await route.answer(asked) };
  const id = decodeURIComponent(route.path.exec(asked.url.pathname)?.[1] ?? "");
  return provider.models.includes(id)
    ? { status: 200, body: route.model(id) }
    : provider.refuse("model unknown", id);
}

function whole({ status, body, headers }: Answer): Outcome {
  const text = JSON.stringify(body);
  const length = `${Buffer.byteLength(text)}`;
  return {
    status,
    headers: { "content-type": "application/json", "content-length": length, ...headers },
    pieces: [text],
    pauseMs: 0,
    end: "whole",
  };
}
