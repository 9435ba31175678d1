// The way of one request through the gateway: what it is for, whose it is, its body, whether it may be sent, upstream and
// back, and what it has used.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import { asksForUsage } from "../assistant/compatible.ts";
import { COMPATIBLE, type ModelProvider } from "../assistant/openclaw.ts";
import type { Admitted, ModelOutcome, ModelRequest, Refusal } from "./access.ts";
import { askForUsage } from "./ask-for-usage.ts";
import { type Asked, BadBody, NOTHING_ASKED, openBody } from "./asked.ts";
import type { BodyRoom } from "./body-room.ts";
import { checkBodyHeaders, modelOf, Refused, targetOf } from "./checks.ts";
import type { Fees } from "./fees.ts";
import { headersUpstream, tokenOf } from "./headers.ts";
import type { GatewaySettings } from "./options.ts";
import { outcomeOf } from "./outcome.ts";
import { Passage, type Passed } from "./passage.ts";
import { withPremium } from "./premium.ts";
import type { Price } from "./prices.ts";
import { PROVIDERS } from "./providers.ts";
import { BodyRefused, readBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";
import { type Form, type Target, upstreamUrl } from "./request-target.ts";
import { NOTHING_USED } from "./usage.ts";
import { worstCase } from "./worst-case.ts";

const UNAVAILABLE = {
  status: 503,
  message: "The model gateway can't answer now. Try again in a moment.",
} as const;
/** Of Google, whose bodies don't say it. */
const STREAMS = /:streamGenerateContent\b/;

const NOT_SENT: ModelOutcome = { status: null, durationMs: 0, usage: NOTHING_USED, microdollars: 0 };

interface Parts {
  readonly settings: GatewaySettings;
  readonly agent: Dispatcher;
  /** For servers that customers have named. */
  readonly strangers: Dispatcher;
  readonly room: BodyRoom;
  readonly price: Price;
  readonly fees: Fees;
}

interface Body {
  readonly asked: Asked;
  readonly bytes: Buffer;
}

export class RequestHandler {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Never rejects. */
  async handle(form: Form, request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Of a client that goes away while it sends: what is read of it fails by itself.
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    try {
      const target = targetOf(form, request);
      const token = tokenOf(request, PROVIDERS[target.provider].keyHeader);
      if (!token)
        throw new Refused(target.provider, { status: 401, message: "The model gateway needs a token." });
      await this.#recognize(target, token);
      await this.#withBody(target, token, request, response, (body) =>
        this.#pass(target, token, body, request, response),
      );
    } catch (error) {
      if (error instanceof Refused) return refuse(response, error.provider, error.refusal);
      if (!request.destroyed) this.#problem(error);
      refuse(response, null, UNAVAILABLE);
    }
  }

  async #recognize({ provider }: Target, token: string): Promise<void> {
    const refusal = await this.#decided(provider, () => this.#parts.settings.access.recognize(token));
    if (refusal) throw new Refused(provider, refusal);
  }

  /** @throws Refused when it can't be decided */
  async #decided<T>(provider: ModelProvider, decide: () => Promise<T>): Promise<T> {
    try {
      return await decide();
    } catch (error) {
      this.#problem(error);
      throw new Refused(provider, UNAVAILABLE);
    }
  }

  async #withBody(
    target: Target,
    token: string,
    request: IncomingMessage,
    response: ServerResponse,
    act: (body: Body) => Promise<void>,
  ): Promise<void> {
    let held = 0;
    try {
      const take = (bytes: number) => {
        const isTaken = this.#parts.room.take(token, bytes);
        if (isTaken) held += bytes;
        return isTaken;
      };
      await act(await this.#readBody(target, request, response, take));
    } finally {
      this.#parts.room.free(token, held);
    }
  }

  async #readBody(
    { provider, route }: Target,
    request: IncomingMessage,
    response: ServerResponse,
    hasRoom: (bytes: number) => boolean,
  ): Promise<Body> {
    const contentType = request.headers["content-type"] ?? "";
    checkBodyHeaders({ provider, route }, request);
    const { longestBody: longest, bodyTimeoutMs: timeoutMs } = this.#parts.settings;
    const reader = openBody(route, contentType);
    if (request.headers.expect) response.writeContinue();
    const take = (piece: Buffer) => {
      reader.feed(piece);
      return hasRoom(piece.length);
    };
    try {
      const bytes = await readBody(request, { longest, timeoutMs, take });
      if (route.body !== "none") return { asked: reader.end(bytes), bytes };
      if (bytes.length > 0) throw new BadBody("This request takes no body.");
      return { asked: NOTHING_ASKED, bytes };
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof BadBody) throw new Refused(provider, { status: 400, message });
      if (error instanceof BodyRefused) throw new Refused(provider, { status: error.status, message });
      throw error;
    }
  }

  async #pass(
    target: Target,
    token: string,
    { asked, bytes }: Body,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { fees } = this.#parts;
    const price = withPremium(this.#parts.price, asked);
    const { provider, route } = target;
    const model = modelOf(target, asked);
    const worst = worstCase({ provider, kind: route.kind, model, bytes: bytes.length, asked }, price, fees);
    const admitted = await this.#admit({ token, provider, model, worst });
    let outcome: ModelOutcome = NOT_SENT;
    try {
      const startedAt = performance.now();
      const passed = await this.#passUpstream(target, { asked, bytes }, admitted, request, response);
      const durationMs = Math.round(performance.now() - startedAt);
      outcome = { status: passed.status, durationMs, usage: null, microdollars: null };
      outcome = outcomeOf({ provider, route, model, asked, worst, durationMs }, passed, price, fees);
    } finally {
      // Whatever went wrong: what is never settled would count as under way for hours.
      admitted.settle(outcome);
    }
  }

  async #passUpstream(
    { provider, route, path }: Target,
    { asked, bytes }: Body,
    admitted: Admitted,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Passed> {
    const { settings } = this.#parts;
    const { baseUrl, agent } = this.#wayTo(provider, admitted);
    const asksUsage = route.asksForUsage && asksForUsage(baseUrl);
    const passage = new Passage({
      provider,
      key: admitted.key,
      request: {
        ...upstreamUrl(provider, baseUrl, path),
        method: route.method,
        headers: headersUpstream(request, provider, admitted.key),
        body: route.body === "none" ? null : asksUsage ? askForUsage(bytes, asked) : bytes,
      },
      response,
      longestMs: settings.longestAnswerMs,
      stalledMs: settings.stalledMs,
      ...((asked.isStreamed || STREAMS.test(path)) && {
        silence: { afterMs: settings.silentMs, onChange: (isSilent) => admitted.silent(isSilent) },
      }),
      onProblem: (problem) => settings.onProblem?.(problem),
    });
    return whileAdmitted(admitted, passage, agent);
  }

  #wayTo(
    provider: ModelProvider,
    admitted: Admitted,
  ): { readonly baseUrl: string; readonly agent: Dispatcher } {
    const { agent, strangers, settings } = this.#parts;
    const own = PROVIDERS[provider].baseUrl;
    if (provider === COMPATIBLE) return { baseUrl: admitted.baseUrl ?? own, agent: strangers };
    return { baseUrl: settings.baseUrls?.[provider] ?? own, agent };
  }

  async #admit(asked: ModelRequest): Promise<Admitted> {
    const admitted = await this.#decided(asked.provider, () => this.#parts.settings.access.admit(asked));
    if ("refusal" in admitted) throw new Refused(asked.provider, admitted.refusal);
    return admitted;
  }

  #problem(error: unknown): void {
    this.#parts.settings.onProblem?.(error instanceof Error ? error.message : String(error));
  }
}

async function whileAdmitted({ signal }: Admitted, passage: Passage, agent: Dispatcher): Promise<Passed> {
  const onEnded = () => passage.abort(signal?.reason as Refusal);
  signal?.addEventListener("abort", onEnded, { once: true });
  if (signal?.aborted) onEnded();
  const passed = await passage.go(agent);
  signal?.removeEventListener("abort", onEnded);
  return passed;
}
