// A server on loopback that answers as Polar's published API does, and signs webhooks as Polar does: with the whole
// secret, as it is written, for a key.
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { openPolar, type Polar } from "../../stacks/payments/polar.ts";
import { Secret } from "../../stacks/secret.ts";

export const ACCESS_TOKEN = "polar_oat_test-canary-0123456789";
export const WEBHOOK_SECRET = "polar_whs_test-canary-0123456789";
export const PRODUCTS = {
  byok: "11111111-1111-4111-8111-111111111111",
  managed: "22222222-2222-4222-8222-222222222222",
  unlimited: "33333333-3333-4333-8333-333333333333",
} as const;

interface PolarCheckout {
  readonly id: string;
  readonly url: string;
  status: "open" | "expired" | "confirmed" | "succeeded" | "failed";
  readonly expires_at: string;
  readonly success_url: string;
  readonly product_id: string;
  readonly metadata: Record<string, string>;
}

interface PolarOrder {
  readonly id: string;
  readonly created_at: string;
  readonly modified_at: string | null;
  status: string;
  paid: boolean;
  readonly billing_reason: string;
  readonly checkout_id: string | null;
  readonly subscription_id: string | null;
  readonly total_amount: number;
  refunded_amount: number;
  refunded_tax_amount: number;
}

export interface PolarSubscription {
  readonly id: string;
  status: string;
  current_period_start: string;
  readonly checkout_id: string | null;
}

/** How the server answers instead of well. */
interface Fault {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly delayMs?: number;
}

export interface PolarEvent {
  readonly type: string;
  readonly timestamp: string;
  readonly data: unknown;
}

export interface PolarServer {
  readonly url: string;
  readonly checkouts: Map<string, PolarCheckout>;
  readonly orders: Map<string, PolarOrder>;
  readonly subscriptions: Map<string, PolarSubscription>;
  /** Paths asked for, oldest first. */
  readonly asked: string[];
  fault: Fault | undefined;
  /** The customer pays: the checkout, its order and its subscription as they are then, and the events of it. */
  buy(checkoutId: string): { order: PolarOrder; subscription: PolarSubscription; events: PolarEvent[] };
  close(): Promise<void>;
}

/** Settings of a Berth that is to use this server. */
export function polarSettings(server: PolarServer): Record<string, string> {
  return {
    BERTH_PAYMENTS: "polar",
    POLAR_SERVER: server.url,
    POLAR_ACCESS_TOKEN: ACCESS_TOKEN,
    POLAR_WEBHOOK_SECRET: WEBHOOK_SECRET,
    POLAR_PRODUCT_BYOK: PRODUCTS.byok,
    POLAR_PRODUCT_MANAGED: PRODUCTS.managed,
    POLAR_PRODUCT_UNLIMITED: PRODUCTS.unlimited,
  };
}

/** Berth's own client of this server. */
export function openProvider({ url }: PolarServer): Promise<Polar> {
  return openPolar({
    accessToken: new Secret(ACCESS_TOKEN),
    webhookSecret: new Secret(WEBHOOK_SECRET),
    server: url,
    products: PRODUCTS,
  });
}

export async function startPolar(): Promise<PolarServer> {
  const state = {
    checkouts: new Map<string, PolarCheckout>(),
    orders: new Map<string, PolarOrder>(),
    subscriptions: new Map<string, PolarSubscription>(),
    asked: [] as string[],
    fault: undefined as Fault | undefined,
  };
  const http = createServer((request, response) => void answer(state, request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    buy: (checkoutId: string) => buy(state, checkoutId),
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  });
}

/** Headers of a webhook as Polar sends them. */
export function signed(
  body: string,
  {
    secret = WEBHOOK_SECRET,
    id = crypto.randomUUID() as string,
    at = new Date(),
  }: { secret?: string; id?: string; at?: Date } = {},
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "Content-Type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}

/** Delivers an event as Polar does. */
export async function deliver(berthUrl: string, event: PolarEvent, id?: string): Promise<Response> {
  const body = JSON.stringify(event);
  return fetch(`${berthUrl}/webhooks/polar`, {
    method: "POST",
    body,
    headers: signed(body, id ? { id } : {}),
  });
}

let clock = Date.now() - 60_000;

/** Every event is a little later than the one before. */
export function event(type: string, data: unknown): PolarEvent {
  clock = Math.max(clock + 1, Date.now() - 60_000);
  return { type, timestamp: new Date(clock).toISOString(), data: structuredClone(data) };
}

type State = Pick<PolarServer, "checkouts" | "orders" | "subscriptions" | "asked" | "fault">;

function buy({ checkouts, orders, subscriptions }: State, checkoutId: string) {
  const checkout = checkouts.get(checkoutId);
  if (!checkout) throw new Error(`Polar has no checkout ${checkoutId}.`);
  const now = new Date().toISOString();
  const subscription = {
    id: crypto.randomUUID(),
    status: "active",
    current_period_start: now,
    checkout_id: checkoutId,
  };
  const order = {
    id: crypto.randomUUID(),
    created_at: now,
    modified_at: now,
    status: "paid",
    paid: true,
    billing_reason: "subscription_create",
    checkout_id: checkoutId,
    subscription_id: subscription.id,
    total_amount: 2380,
    refunded_amount: 0,
    refunded_tax_amount: 0,
  };
  checkout.status = "succeeded";
  orders.set(order.id, order);
  subscriptions.set(subscription.id, subscription);
  const events = [
    event("checkout.updated", { ...checkout, status: "confirmed" }),
    event("checkout.updated", checkout),
    event("subscription.created", subscription),
    event("subscription.active", subscription),
    event("subscription.updated", subscription),
    event("order.created", { ...order, status: "pending", paid: false }),
    event("order.paid", order),
  ];
  return { order, subscription, events };
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://polar");
  state.asked.push(`${request.method} ${url.pathname}`);
  const { fault } = state;
  if (fault?.delayMs) await sleep(fault.delayMs);
  const send = (status: number, body: unknown, headers = {}) =>
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
  if (fault?.status) return void send(fault.status, { error: "Fault", detail: "as told" }, fault.headers);
  if (request.headers.authorization !== `Bearer ${ACCESS_TOKEN}`) {
    return void send(401, { error: "invalid_token", error_description: "The access token is invalid." });
  }
  if (!/^20\d\d-\d\d$/.test(String(request.headers["polar-version"]))) {
    return void send(404, { error: "UnsupportedVersion", detail: "Unsupported API version" });
  }
  const [, , kind, id] = url.pathname.split("/");
  if (request.method === "POST" && url.pathname === "/v1/checkouts/") {
    return void create(state, (await json(request)) as Record<string, unknown>, send);
  }
  if (kind === "orders" && !id) {
    const items = [...state.orders.values()].filter(
      ({ checkout_id }) => checkout_id === url.searchParams.get("checkout_id"),
    );
    return void send(200, { items, pagination: { total_count: items.length, max_page: 1 } });
  }
  if (request.method === "DELETE" && kind === "subscriptions")
    return void revoke(state.subscriptions.get(id ?? ""), send);
  const found =
    kind === "checkouts"
      ? state.checkouts.get(id ?? "")
      : kind === "subscriptions"
        ? state.subscriptions.get(id ?? "")
        : undefined;
  send(found ? 200 : 404, found ?? { error: "ResourceNotFound", detail: "Not found" });
}

function revoke(
  subscription: PolarSubscription | undefined,
  send: (status: number, body: unknown) => unknown,
): void {
  if (!subscription) return void send(404, { error: "ResourceNotFound", detail: "Not found" });
  const detail = "This subscription is already canceled or will be at the end of the period.";
  if (subscription.status === "canceled")
    return void send(403, { error: "AlreadyCanceledSubscription", detail });
  subscription.status = "canceled";
  send(200, subscription);
}

function create(
  { checkouts }: State,
  body: Record<string, unknown>,
  send: (status: number, body: unknown) => unknown,
): void {
  const products = body.products as string[];
  const known: readonly string[] = Object.values(PRODUCTS);
  if (!products?.every((product) => known.includes(product))) {
    const detail = [{ loc: ["body", "products"], msg: "Product does not exist.", type: "value_error" }];
    return void send(422, { error: "RequestValidationError", detail });
  }
  const id = crypto.randomUUID();
  const checkout: PolarCheckout = {
    id,
    url: `https://polar.sh/checkout/polar_c_${id}`,
    status: "open",
    expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    success_url: String(body.success_url).replace("{CHECKOUT_ID}", id),
    product_id: products[0] ?? "",
    metadata: body.metadata as Record<string, string>,
  };
  checkouts.set(id, checkout);
  send(201, checkout);
}
