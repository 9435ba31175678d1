// The model gateway: takes requests in the providers' own protocols, puts the real key in the place of the assistant's
// token, passes the answers on and settles what they have used.
import type { RequestListener } from "node:http";
import { Agent } from "undici";
import { NO_STRANGERS } from "../assistant/strangers.ts";
import { strangersAgent } from "../assistant/strangers-agent.ts";
import { BodyRoom } from "./body-room.ts";
import { feesOf } from "./fees.ts";
import { RequestHandler } from "./handle.ts";
import { DEFAULTS, type GatewayOptions } from "./options.ts";
import { pricesOf } from "./prices.ts";
import type { Form } from "./request-target.ts";

export interface Gateway {
  /** A listener for requests of one form. */
  listener(form: Form): RequestListener;
  /** Breaks off what still runs. */
  close(): Promise<void>;
}

/** For which a connection to a provider waits for its next request, unless the provider says how long. */
const KEPT_MS = 30_000;

export function openGateway(options: GatewayOptions): Gateway {
  const settings = { ...DEFAULTS, ...options };
  const connections = {
    // One connection for each request: what one of them does can't hold up others.
    allowH2: false,
    connect: { timeout: settings.connectTimeoutMs },
    keepAliveTimeout: KEPT_MS,
    headersTimeout: settings.headersTimeoutMs,
    bodyTimeout: settings.idleTimeoutMs,
  };
  const agent = new Agent(connections);
  const strangers = strangersAgent(settings.strangers ?? NO_STRANGERS, connections);
  const room = new BodyRoom(settings.bodiesInMemory, settings.longestBody);
  const handler = new RequestHandler({
    settings,
    agent,
    strangers,
    room,
    price: pricesOf(settings.prices),
    fees: feesOf(settings.prices?.fees),
  });
  return {
    listener: (form) => (request, response) => void handler.handle(form, request, response),
    close: async () => void (await Promise.all([agent.destroy(), strangers.destroy()])),
  };
}
