// Payments by Polar, on a real app and database, against a server that answers as Polar does. No worker runs here.
import { inspect } from "node:util";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { childEnvironment } from "../../api/config/child-environment.ts";
import { readConfig } from "../../api/config/config.ts";
import { STATUSES } from "../../stacks/lifecycle.ts";
import { Overdue } from "../../stacks/payments/overdue.ts";
import { lookAtPayments } from "../../stacks/payments/watch.ts";
import { ACTIVATION, startTestBerth, type TestBerth, testTools } from "../support/berth.ts";
import { fc } from "../support/fast-check.ts";
import { ownTime } from "../support/own-time.ts";
import {
  ACCESS_TOKEN,
  deliver,
  event,
  openProvider,
  type PolarEvent,
  type PolarServer,
  PRODUCTS,
  polarSettings,
  signed,
  startPolar,
  WEBHOOK_SECRET,
} from "../support/polar.ts";

const PUBLIC_URL = "https://berth.example.com/base";
const OPERATOR_KEY = "sk-operator-canary-0123456789";

let polar: PolarServer;
let berth: TestBerth;
beforeAll(async () => {
  polar = await startPolar();
  berth = await startTestBerth(25, {
    ...polarSettings(polar),
    BERTH_ROLE: "api",
    BERTH_PUBLIC_URL: `${PUBLIC_URL}/`,
    BERTH_ANTHROPIC_API_KEY: OPERATOR_KEY,
    BERTH_PORT_RANGE: "31400-31700",
    BERTH_SUBNET_POOL: "10.215.0.0/16",
  });
});
beforeEach(() => {
  polar.fault = undefined;
});
afterAll(async () => {
  await berth.close();
  await polar.close();
});

describe("a purchase", () => {
  it("gets a checkout of Polar for the mode's product, with the way back to Berth", async () => {
    for (const apiMode of ["byok", "managed", "unlimited"] as const) {
      const { status, body } = await berth.call("POST", "purchase", { apiMode });
      expect(status).toBe(201);
      const checkout = [...polar.checkouts.values()].at(-1);
      expect(body.data?.checkoutUrl).toBe(checkout?.url);
      expect(checkout).toMatchObject({
        product_id: PRODUCTS[apiMode],
        metadata: { deployment_id: body.data?.deploymentId },
        success_url: `${PUBLIC_URL}/checkout/${checkout?.id}`,
      });
      const shown = await berth.call("GET", body.data?.deploymentId ?? "");
      expect(shown.body.data).toMatchObject({ status: "pending_payment", checkoutUrl: checkout?.url });
    }
  });

  it.each([
    [
      "limits its calls",
      { status: 429, headers: { "Retry-After": "7" } },
      503,
      "UNAVAILABLE",
      /again in 7 s/,
    ],
    ["fails", { status: 500 }, 503, "UNAVAILABLE", /try again/],
    ["refuses the token", { status: 401 }, 500, "PAYMENT_NOT_CONFIGURED", /operator/],
    ["doesn't know the product", { status: 422 }, 500, "PAYMENT_NOT_CONFIGURED", /operator/],
  ])("when Polar %s leaves no slot", async (_, fault, status, code, message) => {
    const before = await slotCount();
    polar.fault = fault;
    const answer = await berth.call("POST", "purchase", { apiMode: "byok" });
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await slotCount()).toBe(before);
  });

  it("whose checkout has expired shows none any more, and a new one can be bought", async () => {
    const { id } = await slot();
    await set(id, { checkout_expires_at: new Date(Date.now() - 1) });
    expect((await berth.call("GET", id)).body.data?.checkoutUrl).toBeNull();
    expect((await berth.call("POST", `${id}/activate`, ACTIVATION)).body.error?.message).toContain(
      "purchase again",
    );
    expect((await berth.call("POST", "purchase", { apiMode: "byok" })).status).toBe(201);
  });

  it("comes back to a page that tells whether it is paid", async () => {
    const { checkoutId } = await slot();
    const page = () => fetch(`${berth.url}/checkout/${checkoutId}`).then((answer) => answer.text());
    expect(await page()).toContain("not confirmed yet");
    for (const told of polar.buy(checkoutId).events) await deliver(berth.url, told);
    expect(await page()).toContain("This slot is paid");
    expect((await fetch(`${berth.url}/checkout/${checkoutId}`, { method: "POST" })).status).toBe(404);
  });
});

it("an installation without Polar's settings says so and sells nothing", async () => {
  const unset = await startTestBerth(26, { BERTH_ROLE: "api", BERTH_PAYMENTS: "polar" });
  try {
    const answer = await unset.call("POST", "purchase", { apiMode: "byok" });
    expect(answer.status).toBe(500);
    expect(answer.body.error?.code).toBe("PAYMENT_NOT_CONFIGURED");
    expect((await unset.call("GET", "")).body.data).toEqual([]);
    expect((await unset.call("POST", "/webhooks/polar")).status).toBe(404);
  } finally {
    await unset.close();
  }
  expect(readConfig({ BERTH_PAYMENTS: "polar", POLAR_ACCESS_TOKEN: ACCESS_TOKEN }).missing).toEqual([
    "POLAR_WEBHOOK_SECRET",
    "POLAR_PRODUCT_BYOK",
    "POLAR_PRODUCT_MANAGED",
    "POLAR_PRODUCT_UNLIMITED",
  ]);
  expect(readConfig({ ...polarSettings(polar), POLAR_PRODUCT_UNLIMITED: "" }).missing).toEqual([
    "POLAR_PRODUCT_UNLIMITED",
    expect.stringContaining("API_KEY"),
  ]);
});

describe("a webhook is refused with 403", () => {
  const body = JSON.stringify({ type: "order.paid", timestamp: new Date().toISOString(), data: {} });
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  it.each([
    ["without a signature", body, () => ({ "Content-Type": "application/json" })],
    ["with an empty one", body, () => ({ ...signed(body), "webhook-signature": "" })],
    ["with another secret's", body, () => signed(body, { secret: "polar_whs_another-0123456789" })],
    ["with another body's", body.replace("paid", "papd"), () => signed(body)],
    ["cut off", body.slice(0, -1), () => signed(body)],
    ["without a body", "", () => signed(body)],
    ["under another id", body, () => ({ ...signed(body), "webhook-id": "another" })],
    ["more than five minutes old", body, () => signed(body, { at: minutesAgo(5.1) })],
    ["from more than five minutes ahead", body, () => signed(body, { at: minutesAgo(-5.1) })],
    ["with a made-up time", body, () => ({ ...signed(body), "webhook-timestamp": "soon" })],
  ])("%s", async (_, sent, headers) => {
    const answer = await fetch(`${berth.url}/webhooks/polar`, {
      method: "POST",
      body: sent,
      headers: headers(),
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: { code: "INVALID_SIGNATURE" } });
  });
});

describe("a webhook is taken", () => {
  const body = JSON.stringify({ type: "order.created", timestamp: new Date().toISOString(), data: {} });
  it.each([
    ["that is four minutes old", () => signed(body, { at: new Date(Date.now() - 240_000) })],
    ["signed with the old and the new secret", twice],
  ])("%s", async (_, headers) => {
    const sent = { method: "POST", body, headers: headers() };
    expect((await fetch(`${berth.url}/webhooks/polar`, sent)).status).toBe(202);
  });
  function twice(): Record<string, string> {
    const headers = signed(body);
    return { ...headers, "webhook-signature": `v1,bm90IHRoaXM= ${headers["webhook-signature"]}` };
  }

  it.each(["subscription.renamed", "customer.updated"])("and ignored for type %s", async (type) => {
    expect((await deliver(berth.url, event(type, { id: "x" }))).status).toBe(202);
  });

  it("and refused with 400 when it has not the documented form", async () => {
    const answer = await deliver(berth.url, event("order.paid", { id: 7 }));
    expect(answer.status).toBe(400);
  });

  it("and changes nothing when it is about somebody else's checkout, whatever its metadata say", async () => {
    const { id, checkoutId } = await slot();
    const { order } = polar.buy(checkoutId);
    const foreign = { ...order, checkout_id: crypto.randomUUID(), metadata: { deployment_id: id } };
    expect((await deliver(berth.url, event("order.paid", foreign))).status).toBe(202);
    expect(await statusOf(id)).toBe("pending_payment");
  });
});

describe("a purchase's events", () => {
  it("pay for the slot once, in any order and however often they arrive", async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), fc.nat(6), async (random, repeated) => {
        const { id, checkoutId } = await slot();
        const { events, order, subscription } = polar.buy(checkoutId);
        const shuffled = shuffle([...events, events[repeated] as PolarEvent], random);
        for (const told of shuffled) expect((await deliver(berth.url, told)).status).toBe(202);
        expect(await rowOf(id)).toMatchObject({
          status: "purchased",
          payment: "paid",
          order_id: order.id,
          subscription_id: subscription.id,
          suspended_from: null,
        });
        expect(await kindsOf(id)).toEqual(["prepare"]);
      }),
      { numRuns: 25 },
    );
  });

  it.each(["revoked", "refunded"] as const)(
    "followed by one that it is %s end in suspended, in any order",
    async (how) => {
      await fc.assert(
        fc.asyncProperty(fc.infiniteStream(fc.nat()), async (random) => {
          const { id, checkoutId } = await slot();
          const { events, order, subscription } = polar.buy(checkoutId);
          const last =
            how === "revoked"
              ? event("subscription.revoked", { ...subscription, status: "canceled" })
              : event("order.refunded", refund(order));
          for (const told of shuffle([...events, last], random)) await deliver(berth.url, told);
          expect(await rowOf(id)).toMatchObject({
            status: "suspended",
            payment: how,
            order_id: order.id,
            subscription_id: subscription.id,
            suspended_from: "purchased",
          });
        }),
        { numRuns: 15 },
      );
    },
  );

  it("once it has ended, the assistant that waits for its activation waits no longer", async () => {
    const { id, order } = await boughtSlot();
    await set(id, { preboot_until: new Date(Date.now() + 60_000) });
    await deliver(berth.url, event("order.refunded", refund(order)));
    expect(await rowOf(id)).toMatchObject({ status: "suspended", preboot_until: null });
    expect(await kindsOf(id)).toEqual(["prepare", "prepare"]);
  });

  it("are known again by webhook id and by order id: a paid order that is told again doesn't undo its refund", async () => {
    const { id, order } = await boughtSlot();
    await deliver(berth.url, event("order.refunded", refund(order)));
    expect(await statusOf(id)).toBe("suspended");
    await deliver(berth.url, event("order.paid", order), "another-webhook-id");
    expect(await statusOf(id)).toBe("suspended");
    const renewal = event("order.paid", {
      ...order,
      id: crypto.randomUUID(),
      checkout_id: null,
      billing_reason: "subscription_cycle",
    });
    await deliver(berth.url, renewal, "renewal");
    expect(await statusOf(id)).toBe("purchased");
    await deliver(berth.url, event("order.refunded", refund(order)), "renewal");
    expect(await statusOf(id)).toBe("purchased");
  });

  it("make the slot paid even where there is no room to prepare it", async () => {
    const small = await startTestBerth(27, {
      ...polarSettings(polar),
      BERTH_ROLE: "api",
      BERTH_PORT_RANGE: "31800-31800",
    });
    try {
      for (const kinds of [["prepare"], []]) {
        const { body } = await small.call("POST", "purchase", { apiMode: "byok" });
        const { events } = polar.buy([...polar.checkouts.keys()].at(-1) ?? "");
        for (const told of events) expect((await deliver(small.url, told)).status).toBe(202);
        const id = body.data?.deploymentId ?? "";
        expect((await small.call("GET", `${id}/status`)).body.data?.status).toBe("purchased");
        const operations = await small.call("GET", `${id}/operations`);
        expect((operations.body.data as unknown as { kind: string }[]).map(({ kind }) => kind)).toEqual(
          kinds,
        );
      }
    } finally {
      await small.close();
    }
  });
});

describe("what ends a payment", () => {
  it.each([
    ["subscription.past_due", "past_due"],
    ["subscription.canceled", "active"],
  ])("is not %s", async (type, status) => {
    const { id, subscription } = await boughtSlot();
    await deliver(berth.url, event(type, { ...subscription, status }));
    expect(await rowOf(id)).toMatchObject({ status: "purchased", payment: "paid" });
  });

  it("is not a refund of a part, and is one of the whole with its tax", async () => {
    const { id, order } = await boughtSlot();
    const part = { ...order, status: "partially_refunded", refunded_amount: 2000, refunded_tax_amount: 379 };
    await deliver(berth.url, event("order.refunded", part));
    expect(await statusOf(id)).toBe("purchased");
    await deliver(berth.url, event("order.refunded", { ...part, refunded_tax_amount: 380 }));
    expect(await statusOf(id)).toBe("suspended");
  });

  it("leaves a suspended slot that can be deleted, and tells what to do for all else", async () => {
    const { id, subscription } = await boughtSlot();
    await deliver(berth.url, event("subscription.revoked", subscription));
    for (const [method, path, body] of [
      ["POST", "/activate", ACTIVATION],
      ["POST", "/redeploy", {}],
      ["POST", "/stop", undefined],
      ["PATCH", "", { name: "x" }],
    ] as const) {
      const answer = await berth.call(method, `${id}${path}`, body);
      expect(answer.status).toBe(409);
      expect(answer.body.error?.message).toMatch(/payment has ended.*Pay again/);
    }
    expect((await berth.call("DELETE", id)).status).toBe(202);
  });

  it.each([
    ["purchased", "suspended", []],
    ["stopped", "suspended", []],
    ["active", "stopping", ["suspend"]],
    ["failed", "stopping", ["suspend"]],
    ["deploying", "deploying", []],
    ["stopping", "stopping", []],
    ["deleting", "deleting", []],
  ] as const)("in state %s leads to %s", async (status, then, kinds) => {
    const { id, subscription } = await boughtSlot();
    await set(id, { status });
    await deliver(berth.url, event("subscription.revoked", subscription));
    expect(await statusOf(id)).toBe(then);
    expect(await kindsOf(id)).toEqual([...kinds, "prepare"]);
  });

  it("is not escaped by a redeploy before it is acted on", async () => {
    const { id, subscription } = await boughtSlot();
    await set(id, { status: "deploying" });
    await deliver(berth.url, event("subscription.revoked", subscription));
    await set(id, { status: "failed" });
    const answer = await berth.call("POST", `${id}/redeploy`, {});
    expect(answer.status).toBe(409);
    expect(answer.body.error?.message).toContain("Pay again");
  });

  it.each([
    ["purchased", "purchased", []],
    ["stopped", "stopped", []],
    ["active", "deploying", ["redeploy"]],
  ] as const)("and a payment again bring a deployment that was %s to %s", async (from, then, kinds) => {
    const { id, subscription } = await boughtSlot();
    await deliver(berth.url, event("subscription.revoked", subscription));
    await set(id, { status: "suspended", suspended_from: from });
    await deliver(berth.url, event("subscription.active", subscription));
    expect(await rowOf(id)).toMatchObject({
      status: then,
      payment: "paid",
      payment_ended_at: null,
      suspended_from: null,
    });
    expect(await kindsOf(id)).toEqual([...kinds, "prepare"]);
  });
});

describe("paying again", () => {
  it("brings a suspended deployment back by a new checkout, and what is told of the old one counts no more", async () => {
    const { id, order, subscription } = await boughtSlot();
    expect((await berth.call("POST", `${id}/checkout`)).status).toBe(409);
    await deliver(berth.url, event("subscription.revoked", subscription));
    const again = await berth.call("POST", `${id}/checkout`);
    expect(again.status).toBe(201);
    const checkout = [...polar.checkouts.values()].at(-1);
    expect(again.body.data).toEqual({ deploymentId: id, checkoutUrl: checkout?.url });
    expect((await berth.call("POST", `${id}/checkout`)).body.data).toEqual(again.body.data);
    expect((await berth.call("GET", id)).body.data?.checkoutUrl).toBe(checkout?.url);

    const second = polar.buy(checkout?.id ?? "");
    for (const told of second.events) await deliver(berth.url, told);
    expect(await rowOf(id)).toMatchObject({
      status: "purchased",
      order_id: second.order.id,
      subscription_id: second.subscription.id,
    });
    await deliver(berth.url, event("order.refunded", refund(order)));
    await deliver(berth.url, event("subscription.revoked", subscription));
    expect(await statusOf(id)).toBe("purchased");
    expect((await berth.call("GET", id)).body.data?.checkoutUrl).toBeNull();
  });

  it("asked for by several at once gets one checkout", async () => {
    const { id, subscription } = await boughtSlot();
    await deliver(berth.url, event("subscription.revoked", subscription));
    const answers = await Promise.all([1, 2, 3].map(() => berth.call("POST", `${id}/checkout`)));
    expect(new Set(answers.map(({ body }) => body.data?.checkoutUrl)).size).toBe(1);
  });

  it.each(STATUSES.filter((status) => status !== "suspended"))(
    "is for nothing in state %s",
    async (status) => {
      const { id } = await boughtSlot();
      await set(id, { status });
      expect((await berth.call("POST", `${id}/checkout`)).status).toBe(status === "deleted" ? 404 : 409);
    },
  );

  it("gets a second checkout only when the first can't be paid any more", async () => {
    const { id, subscription } = await boughtSlot();
    await deliver(berth.url, event("subscription.revoked", subscription));
    await berth.call("POST", `${id}/checkout`);
    const first = [...polar.checkouts.values()].at(-1);
    await set(id, { checkout_expires_at: new Date(Date.now() - 1) });
    if (first) first.status = "confirmed";
    expect((await berth.call("POST", `${id}/checkout`)).status).toBe(503);
    if (first) first.status = "expired";
    const second = await berth.call("POST", `${id}/checkout`);
    expect(second.status).toBe(201);
    expect(second.body.data?.checkoutUrl).not.toBe(first?.url);
  });

  it("is found by asking, too", async () => {
    const { id, subscription } = await boughtSlot();
    await deliver(berth.url, event("subscription.revoked", subscription));
    await berth.call("POST", `${id}/checkout`);
    polar.buy([...polar.checkouts.keys()].at(-1) ?? "");
    await look(id, "10 minutes");
    expect(await statusOf(id)).toBe("purchased");
  });
});

describe("what could not be done at once", () => {
  it.each([
    ["ended, and it is active", { payment: "revoked", status: "active" }, "stopping"],
    [
      "came back, and it is suspended",
      { payment: "paid", status: "suspended", suspended_from: "stopped" },
      "stopped",
    ],
    ["ended, and its suspension has just failed", { payment: "revoked", status: "failed" }, "failed"],
    [
      "ended, and its suspension has failed long ago",
      { payment: "revoked", status: "failed", ago: 1.1 },
      "stopping",
    ],
  ])("is done later where the payment %s", async (_, told, then) => {
    const { ago = 0, ...change } = told as { ago?: number };
    const { id } = await boughtSlot();
    await set(id, change);
    await berth.installation.sql
      .updateTable("operations")
      .set({ state: "failed", finished_at: new Date(Date.now() - ago * 3_600_000) })
      .where("deployment_id", "=", id)
      .execute();
    await look();
    expect(await statusOf(id)).toBe(then);
  });
});

describe("without any webhook", () => {
  it("activate finds out itself that a slot is paid", async () => {
    const { id, checkoutId } = await slot();
    expect((await berth.call("POST", `${id}/activate`, ACTIVATION)).status).toBe(409);
    polar.buy(checkoutId);
    expect((await berth.call("POST", `${id}/activate`, ACTIVATION)).status).toBe(202);
  });

  it.each([
    ["is slow", { delayMs: 6_000 }],
    ["fails", { status: 500 }],
  ])("and while Polar %s, activate answers 409 within three seconds", async (_, fault) => {
    const { id } = await slot();
    polar.fault = fault;
    const ownMs = ownTime();
    expect((await berth.call("POST", `${id}/activate`, ACTIVATION)).status).toBe(409);
    expect(ownMs()).toBeLessThan(3_500);
  });

  it("a payment, a revocation and a return are found by asking", async () => {
    const { id, checkoutId } = await slot();
    const { subscription } = polar.buy(checkoutId);
    await look(id, "10 minutes");
    expect(await statusOf(id)).toBe("purchased");
    subscription.status = "canceled";
    await look(id, "2 days");
    expect(await rowOf(id)).toMatchObject({ status: "suspended", payment: "revoked" });
    subscription.status = "active";
    await look(id, "2 days");
    expect(await rowOf(id)).toMatchObject({ status: "purchased", payment: "paid" });
  });

  it("a refund is not undone by the subscription that goes on; its next period is", async () => {
    const { id, order, subscription } = await boughtSlot();
    await deliver(berth.url, event("order.refunded", refund(order)));
    const refunded = polar.subscriptions.get(subscription.id);
    if (!refunded) throw new Error("no subscription");
    refunded.current_period_start = new Date(Date.now() - 3_600_000).toISOString();
    await look(id, "2 days");
    expect(await statusOf(id)).toBe("suspended");
    refunded.current_period_start = new Date(Date.now() + 1_000).toISOString();
    await look(id, "2 days");
    expect(await statusOf(id)).toBe("purchased");
  });

  it("an old slot is deleted only after Polar was asked, and kept if it is paid", async () => {
    const [paid, unpaid, open] = [await slot(), await slot(), await slot()];
    polar.buy(paid.checkoutId);
    const expired = polar.checkouts.get(unpaid.checkoutId);
    if (expired) expired.status = "expired";
    for (const { id } of [paid, unpaid, open]) {
      await set(id, {
        created_at: daysAgo(8),
        checkout_expires_at: daysAgo(7),
        payment_asked_at: daysAgo(7.5),
      });
    }
    polar.fault = { status: 500 };
    await look();
    expect(await Promise.all([paid, unpaid, open].map(({ id }) => statusOf(id)))).toEqual(
      Array(3).fill("pending_payment"),
    );
    polar.fault = undefined;
    for (const { id } of [paid, unpaid, open]) await set(id, { payment_asked_at: daysAgo(0.1) });
    await look();
    expect(await statusOf(paid.id)).toBe("purchased");
    expect(await statusOf(unpaid.id)).toBe("deleted");
    expect(await statusOf(open.id)).toBe("pending_payment");
  });

  it("a suspended deployment is deleted once its time is over, unless Polar says that it is paid", async () => {
    const [over, young, again] = [await boughtSlot(), await boughtSlot(), await boughtSlot()];
    for (const { subscription } of [over, young, again]) {
      await deliver(berth.url, event("subscription.revoked", subscription));
      const known = polar.subscriptions.get(subscription.id);
      if (known) known.status = "canceled";
    }
    const paidAgain = polar.subscriptions.get(again.subscription.id);
    if (paidAgain) paidAgain.status = "active";
    for (const { id } of [over, again]) {
      await set(id, { payment_ended_at: daysAgo(30.1), payment_asked_at: daysAgo(30) });
    }
    await set(young.id, { payment_ended_at: daysAgo(29.9) });
    polar.fault = { delayMs: 1, status: 500 };
    await look();
    expect(await statusOf(over.id)).toBe("suspended");
    polar.fault = undefined;
    for (const { id } of [over, again]) await set(id, { payment_asked_at: daysAgo(0.1) });
    await look();
    expect(await statusOf(over.id)).toBe("deleted");
    expect(await statusOf(young.id)).toBe("suspended");
    expect(await statusOf(again.id)).toBe("purchased");
  });
});

describe("the subscription of a deleted deployment", () => {
  it("is ended at once, also after Polar was away, and once only", async () => {
    const { id, subscription } = await boughtSlot();
    polar.fault = { status: 500 };
    expect((await berth.call("DELETE", id)).status).toBe(202);
    await look(id, "10 minutes");
    expect(polar.subscriptions.get(subscription.id)?.status).toBe("active");
    polar.fault = undefined;
    await look(id, "10 minutes");
    expect(polar.subscriptions.get(subscription.id)?.status).toBe("canceled");
    expect(await rowOf(id)).toMatchObject({ status: "deleted", payment: "revoked" });
    polar.asked.length = 0;
    await look(id, "10 minutes");
    expect(polar.asked.filter((asked) => asked.includes(subscription.id))).toEqual([]);
  });

  it("that has ended already, or that Polar doesn't know, needs nothing more; one that is refused is tried again", async () => {
    const [ended, unknown, refused] = [await boughtSlot(), await boughtSlot(), await boughtSlot()];
    for (const { id } of [ended, unknown, refused]) await berth.call("DELETE", id);
    Object.assign(polar.subscriptions.get(ended.subscription.id) ?? {}, { status: "canceled" });
    polar.subscriptions.delete(unknown.subscription.id);
    for (const { id } of [ended, unknown]) await look(id, "10 minutes");
    for (const { id } of [ended, unknown]) expect(await rowOf(id)).toMatchObject({ payment: "revoked" });
    polar.fault = { status: 403 };
    await look(refused.id, "10 minutes");
    expect(await rowOf(refused.id)).toMatchObject({ payment: "paid" });
  });

  it("whose order was refunded is ended, too", async () => {
    const { id, order, subscription } = await boughtSlot();
    await deliver(berth.url, event("order.refunded", refund(order)));
    await berth.call("DELETE", id);
    await look(id, "10 minutes");
    expect(polar.subscriptions.get(subscription.id)?.status).toBe("canceled");
  });
});

describe("a slot on the operator's keys", () => {
  it("is activated only with a provider that the operator has a key for", async () => {
    const { id } = await boughtSlot("managed");
    const { modelApiKey: _, ...managed } = ACTIVATION;
    const refused = await berth.call("POST", `${id}/activate`, { ...managed, modelProvider: "xai" });
    expect(refused.status).toBe(400);
    expect(refused.body.error?.details).toEqual([
      { field: "modelProvider", message: expect.stringContaining("anthropic") },
    ]);
    expect(await statusOf(id)).toBe("purchased");
    expect((await berth.call("POST", `${id}/activate`, managed)).status).toBe(202);
  });
});

it("no key of the operator reaches a child process", async () => {
  const config = readConfig({ ...berth.environment, POLAR_SERVER: "sandbox" });
  const environment = { ...(await childEnvironment(config, testTools())), ...config.environment };
  const text = JSON.stringify(environment);
  for (const secret of [ACCESS_TOKEN, WEBHOOK_SECRET, OPERATOR_KEY]) expect(text).not.toContain(secret);
  expect(JSON.stringify(config)).not.toMatch(/canary/);
});

it("neither Polar's client nor its errors show the token or the webhook's secret", async () => {
  const provider = await openProvider(polar);
  const shown = [inspect(provider, { depth: 9 })];
  const asked = { id: "x", api_mode: "byok" } as Parameters<typeof provider.createCheckout>[0];
  for (const fault of [{ status: 401 }, { status: 500 }, { status: 429 }, { status: 302 }]) {
    polar.fault = fault;
    const error = await provider.createCheckout(asked, PUBLIC_URL).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    shown.push(inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error));
  }
  for (const secret of [ACCESS_TOKEN, WEBHOOK_SECRET]) expect(shown.join()).not.toContain(secret);
});

async function slot(apiMode = "byok"): Promise<{ id: string; checkoutId: string }> {
  const { body } = await berth.call("POST", "purchase", { apiMode });
  return { id: body.data?.deploymentId ?? "", checkoutId: [...polar.checkouts.keys()].at(-1) ?? "" };
}

async function boughtSlot(apiMode = "byok") {
  const { id, checkoutId } = await slot(apiMode);
  const bought = polar.buy(checkoutId);
  for (const told of bought.events) await deliver(berth.url, told);
  return { id, ...bought };
}

/** As the worker looks at payments; one deployment is made to look as if nobody had asked about it for so long. */
async function look(id?: string, ago = "0"): Promise<void> {
  if (id) {
    const days = ago.endsWith("days") ? Number.parseInt(ago, 10) : 0.01;
    await set(id, { payment_asked_at: daysAgo(days) });
  }
  const log = pino({ level: "silent" });
  await lookAtPayments({
    ...berth.installation,
    polar: await openProvider(polar),
    overdue: new Overdue(0),
    log,
  });
}

function refund<Order extends { total_amount: number }>(order: Order) {
  return { ...order, status: "refunded", refunded_amount: order.total_amount };
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 86_400_000);
}

function shuffle<T>(items: readonly T[], random: Iterator<number>): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice((random.next().value ?? 0) % left.length, 1));
}

async function set(id: string, change: Record<string, unknown>): Promise<void> {
  await berth.installation.sql.updateTable("deployments").set(change).where("id", "=", id).execute();
}

async function rowOf(id: string) {
  return berth.installation.sql
    .selectFrom("deployments")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
}

async function statusOf(id: string): Promise<string> {
  return (await rowOf(id)).status;
}

async function kindsOf(id: string): Promise<string[]> {
  const { body } = await berth.call("GET", `${id}/operations`);
  return (body.data as unknown as { kind: string }[]).map(({ kind }) => kind);
}

async function slotCount(): Promise<number> {
  return (await berth.installation.sql.selectFrom("deployments").select("id").execute()).length;
}
