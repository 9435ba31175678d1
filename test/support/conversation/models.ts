// A fake of the model providers that speaks their real protocols, each at its own host. Their words say what they were
// shown (wire/words.ts); a test has them refuse, hang, break off, be slow or go on for long.
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { KNOWN_PROVIDERS, type KnownProvider } from "../../../infra/assistant/openclaw.ts";
import { type Asked, keysIn } from "./http.ts";
import { anthropic } from "./providers/anthropic.ts";
import { decide, type Modes, type Outcome } from "./providers/decide.ts";
import { google } from "./providers/google.ts";
import { openai } from "./providers/openai.ts";
import { openrouter } from "./providers/openrouter.ts";
import { type CallKind, jsonOf, type Provider } from "./providers/provider.ts";
import { xai } from "./providers/xai.ts";
import type { Billed, Turn } from "./wire/turn.ts";
import { isHeartbeat, peopleIn } from "./wire/words.ts";

const PROVIDERS: Readonly<Record<KnownProvider, Provider>> = { anthropic, openai, google, openrouter, xai };
/** Parts of a body that are told in other words. */
const LONG_PARTS: readonly string[] = [
  "messages",
  "input",
  "contents",
  "tools",
  "system",
  "instructions",
  "systemInstruction",
];

export const MODEL_HOSTS: Readonly<Record<KnownProvider, string>> = {
  anthropic: anthropic.host,
  openai: openai.host,
  google: google.host,
  openrouter: openrouter.host,
  xai: xai.host,
};

/** A call as it came, and how it was answered. */
export interface ModelCall {
  readonly at: number;
  readonly provider: KnownProvider;
  readonly kind: CallKind;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  /** Values of the headers that carry keys, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** The header `anthropic-beta`. */
  readonly beta: string | undefined;
  /** Length of the body. */
  readonly bytes: number;
  readonly turn: TurnSeen | undefined;
  readonly status: number;
  /** How the answer ends. */
  readonly end: Outcome["end"];
  /** Of a call for an answer that was answered whole. */
  readonly billed: Billed | undefined;
}

/** Of a call for an answer. */
interface TurnSeen {
  readonly model: string;
  readonly isStreamed: boolean;
  /** What people have said, oldest first. */
  readonly turns: readonly string[];
  readonly tools: readonly string[];
  readonly pictures: number;
  readonly recordings: number;
  /** Marks of Anthropic's for what is to be cached. */
  readonly cacheMarks: number;
  readonly isHeartbeat: boolean;
  /** The body without its long parts: max_tokens, thinking and the like. */
  readonly options: Readonly<Record<string, unknown>>;
}

export class FakeModels {
  readonly #called: (call: ModelCall) => void;
  readonly #modes = new Map<KnownProvider, Modes>();

  /** `called` is told of each call before it is answered. */
  constructor(called: (call: ModelCall) => void) {
    this.#called = called;
  }

  /** What is left out stays as it is. */
  set(provider: KnownProvider, modes: Partial<Modes>): void {
    this.#modes.set(provider, { ...this.#modesOf(provider), ...modes });
  }

  /** @throws Error for a host that is no provider's */
  async handle(asked: Asked, response: ServerResponse): Promise<void> {
    const provider = KNOWN_PROVIDERS.find((name) => MODEL_HOSTS[name] === asked.host);
    if (!provider) throw new Error(`No provider is at ${asked.host}.`);
    const { route, asking, outcome } = await decide(asked, PROVIDERS[provider], this.#modesOf(provider));
    this.#called({
      at: Date.now(),
      provider,
      kind: route?.kind ?? "unknown",
      host: asked.host,
      method: asked.method,
      path: asked.url.pathname + asked.url.search,
      keys: keysIn(asked.headers),
      beta: asked.headers["anthropic-beta"]?.toString(),
      bytes: asked.body.length,
      turn: asking && seen(asking.turn, jsonOf(asked)),
      status: outcome.status,
      end: outcome.end,
      billed: outcome.billed,
    });
    await send(outcome, response);
  }

  #modesOf(provider: KnownProvider): Modes {
    return this.#modes.get(provider) ?? { answers: "normal", ofModel: null, list: "full" };
  }
}

/** What ends never is left to whoever closes the server. */
async function send(
  { status, headers, pieces, pauseMs, end }: Outcome,
  response: ServerResponse,
): Promise<void> {
  if (end === "never") return;
  response.writeHead(status, headers);
  const text = pieces.join("");
  const shown = end === "whole" ? pieces : [text.slice(0, Math.ceil(text.length / 2))];
  for (const piece of shown) {
    await sleep(pauseMs);
    if (response.destroyed) return;
    response.write(piece);
  }
  if (end === "whole") response.end();
  // What was written goes out first.
  else setTimeout(() => response.destroy(), 100);
}

function seen(turn: Turn, body: unknown): TurnSeen {
  const options = Object.entries(body as object).filter(([name]) => !LONG_PARTS.includes(name));
  return {
    model: turn.model,
    isStreamed: turn.isStreamed,
    turns: peopleIn(turn.said),
    tools: turn.tools.map(({ name }) => name),
    pictures: turn.pictures,
    recordings: turn.recordings.length,
    cacheMarks: JSON.stringify(body).split('"cache_control":').length - 1,
    isHeartbeat: isHeartbeat(turn),
    options: Object.fromEntries(options),
  };
}
