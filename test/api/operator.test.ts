// What the operator sees of everybody: accounts, payments, a stack, and what the installation runs on. No worker runs.
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { type CallWithKey, callWith, newKey } from "../support/accounts.ts";
import { paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";

const DAY_MS = 86_400_000;
const UNKNOWN_ID = "01900000-0000-7000-8000-000000000000";

let berth: TestBerth;
let customer: CallWithKey;
beforeAll(async () => {
  berth = await startTestBerth(52, { BERTH_ROLE: "api", BERTH_SUSPENSION_GRACE: "30" });
  customer = callWith(berth, await newKey(berth, { account: "customer" }));
});
afterAll(() => berth?.close());

async function rows(path: string): Promise<Record<string, unknown>[]> {
  const { status, body } = await berth.call("GET", path);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.data as unknown as Record<string, unknown>[];
}

async function buy(call: CallWithKey = customer): Promise<string> {
  return (await call("POST", "purchase", { apiMode: "byok" })).body.data?.deploymentId ?? "";
}

async function change(id: string, values: Record<string, unknown>): Promise<void> {
  await berth.installation.sql.updateTable("deployments").set(values).where("id", "=", id).execute();
}

it.each([
  "/api/v1/accounts",
  "/api/v1/payments",
  "/api/v1/payments?account=customer",
  "/api/v1/payments/totals",
  "/api/v1/installation",
  `/api/v1/fleet/${UNKNOWN_ID}/stack`,
  "/api/v1/fleet?account=customer",
])("%s is the operator's alone", async (path) => {
  const { status, body } = await customer("GET", path);
  expect({ status, code: body.error?.code }).toEqual({ status: 403, code: "FORBIDDEN" });
});

describe("accounts", () => {
  it("have their deployments, working keys, last use and this month's spending", async () => {
    const key = await newKey(berth, { account: "Spender" });
    await newKey(berth, { account: "Spender", expiresInSeconds: 1 });
    const revoked = await newKey(berth, { account: "Spender" });
    await berth.call("DELETE", `/api/v1/keys/${revoked.keyId}`);
    const spender = callWith(berth, key);
    const [active, gone] = [await buy(spender), await buy(spender), await buy(spender)];
    await change(active ?? "", { status: "active" });
    await change(gone ?? "", { status: "deleted" });
    await spend(active ?? "", 0, 1_250_000);
    await spend(gone ?? "", 0, 250_000);
    await spend(active ?? "", 32, 9_000_000);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await rows("/api/v1/accounts?search=sPEND")).toEqual([
      {
        accountId: expect.any(String),
        account: "Spender",
        deployments: 2,
        active: 1,
        keys: 1,
        lastUsedAt: expect.any(String),
        usd: 1.5,
        createdAt: expect.any(String),
      },
    ]);
  });

  it("come by pages, and a search finds nothing by a pattern", async () => {
    const all = await rows("/api/v1/accounts?limit=100");
    expect(all.map(({ account }) => account)).toEqual(expect.arrayContaining(["default", "customer"]));
    const [first] = await rows("/api/v1/accounts?limit=1");
    const rest = await rows(`/api/v1/accounts?limit=100&cursor=${first?.accountId}`);
    expect([first, ...rest]).toEqual(all);
    expect(await rows("/api/v1/accounts?search=%25")).toEqual([]);
  });

  async function spend(id: string, daysAgo: number, microdollars: number): Promise<void> {
    await berth.installation.sql
      .insertInto("model_usage_days")
      .values({
        deployment_id: id,
        day: new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10),
        provider: "anthropic",
        model: "m",
        ...{ requests: 1, input: 1, cached_input: 0, cache_writes: 0, output: 1, counted_tokens: 2 },
        ...{ microdollars, unpriced_requests: 0 },
      })
      .execute();
  }
});

describe("payments", () => {
  it("say of each deployment how it is paid, and until when it is kept", async () => {
    const payer = callWith(berth, await newKey(berth, { account: "payer" }));
    const [unpaid, paid, lapsed, suspended] = [
      await buy(payer),
      await buy(payer),
      await buy(payer),
      await buy(payer),
    ];
    const endedAt = new Date(Date.now() - DAY_MS);
    await change(paid ?? "", { status: "active", payment: "paid", subscription_id: "sub_1" });
    await change(lapsed ?? "", { status: "failed", payment: "revoked", payment_ended_at: endedAt });
    await change(suspended ?? "", { status: "suspended", payment: "refunded", payment_ended_at: endedAt });
    await noted(paid ?? "", "subscription.active", 2);
    await noted(paid ?? "", "subscription.canceled", 1);
    const found = await rows("/api/v1/payments?account=payer");
    const keptUntil = new Date(endedAt.getTime() + 30 * DAY_MS).toISOString();
    expect(found).toMatchObject([
      { deploymentId: suspended, standing: "suspended", payment: "refunded", keptUntil },
      {
        ...{ deploymentId: lapsed, standing: "lapsed", status: "failed", keptUntil },
        endedAt: endedAt.toISOString(),
      },
      {
        ...{ deploymentId: paid, standing: "paid", keptUntil: null, hasSubscription: true },
        notice: "subscription.canceled",
      },
      { deploymentId: unpaid, account: "payer", standing: "unpaid", payment: "open", notice: null },
    ]);
    const { createdAt, keptUntil: until } = found[3] ?? {};
    expect(Date.parse(String(until)) - Date.parse(String(createdAt))).toBe(7 * DAY_MS);
    const totals = await berth.call("GET", "/api/v1/payments/totals?account=payer");
    expect(totals.body.data).toEqual({
      total: 4,
      byStanding: { unpaid: 1, paid: 1, lapsed: 1, suspended: 1 },
    });
    const lapsedOnly = await rows("/api/v1/payments?standing=lapsed");
    expect(lapsedOnly.map(({ deploymentId }) => deploymentId)).toEqual([lapsed]);
    const first = await rows("/api/v1/payments?account=payer&limit=3");
    const rest = await rows(`/api/v1/payments?account=payer&cursor=${first[2]?.deploymentId}`);
    expect([...first, ...rest]).toEqual(found);
  });

  it("paid by hand or simulated are paid, and what is deleted is not listed", async () => {
    const id = await paidSlot(berth);
    expect(await rows("/api/v1/payments?account=default")).toMatchObject([
      { deploymentId: id, standing: "paid", payment: "open", status: "purchased" },
    ]);
    await change(id, { status: "deleted" });
    expect(await rows("/api/v1/payments?account=default")).toEqual([]);
  });

  it("of an account that is not there are 404", async () => {
    for (const path of ["payments", "payments/totals", "fleet", "fleet/totals"])
      expect((await berth.call("GET", `/api/v1/${path}?account=nobody`)).status).toBe(404);
  });

  async function noted(id: string, type: string, daysAgo: number): Promise<void> {
    const at = new Date(Date.now() - daysAgo * DAY_MS);
    const notice = { id: uuidv7(), deployment_id: id, type, order_id: null, at };
    await berth.installation.sql.insertInto("payment_notices").values(notice).execute();
  }
});

describe("the fleet", () => {
  it("is that of one account where one is named", async () => {
    const one = callWith(berth, await newKey(berth, { account: "one" }));
    const id = await buy(one);
    const members = await rows("/api/v1/fleet?account=one");
    expect(members.map(({ deploymentId }) => deploymentId)).toEqual([id]);
    const totals = await berth.call("GET", "/api/v1/fleet/totals?account=one");
    expect(totals.body.data).toMatchObject({ total: 1, byStatus: { pending_payment: 1 } });
  });

  it("is narrowed to what has drifted, and to what has another image than it should", async () => {
    const two = callWith(berth, await newKey(berth, { account: "two" }));
    const [fine, gone, stale, slot] = [await buy(two), await buy(two), await buy(two), await buy(two)];
    const outputs = JSON.stringify({ status: "active" });
    const seen = JSON.stringify({ state: "missing", detail: "Its container is gone.", since: new Date() });
    await change(fine, { status: "active", outputs });
    await change(gone, { status: "active", outputs, seen });
    await change(stale, { status: "active", outputs: JSON.stringify({ status: "stopped" }) });
    const found = async (query: string) =>
      (await rows(`/api/v1/fleet?account=two${query}`)).map(({ deploymentId }) => deploymentId);
    expect(await found("")).toEqual([slot, stale, gone, fine]);
    expect(await found("&drift=true")).toEqual([stale, gone]);
    const totals = await berth.call("GET", "/api/v1/fleet/totals?account=two&drift=true");
    expect(totals.body.data).toMatchObject({ total: 2, byStatus: { active: 2, pending_payment: 0 } });
    // With real images: test/e2e/fleet.test.ts.
    expect(await found("&behind=true")).toEqual([]);
    expect((await berth.call("GET", "/api/v1/fleet?drift=no")).status).toBe(400);
  });

  it("has no stack of a slot, and is 404 for what was never there", async () => {
    const id = await buy();
    const { status, body } = await berth.call("GET", `/api/v1/fleet/${id}/stack`);
    expect({ status, body }).toEqual({ status: 200, body: { data: null } });
    expect((await berth.call("GET", `/api/v1/fleet/${UNKNOWN_ID}/stack`)).status).toBe(404);
  });
});

describe("the installation", () => {
  it("names its version, its parts, its disks and what is away", async () => {
    const { status, body } = await berth.call("GET", "/api/v1/installation");
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      ...{ version: manifest.version, target: "docker", dataDir: berth.dataDir, payments: "simulated" },
      database: berth.environment.DATABASE_URL ? "PostgreSQL" : "PGlite",
      modelGateway: null,
      hostRules: { mode: expect.any(String) },
      parts: expect.arrayContaining([
        expect.objectContaining({ name: "Node", version: process.versions.node }),
        expect.objectContaining({ name: "Pulumi" }),
        expect.objectContaining({ name: "plugin docker" }),
      ]),
      readiness: expect.arrayContaining([{ part: "database", isReady: true, reason: null }]),
    });
    const disks = body.data?.disks as { of: string; freeBytes: number; sizeBytes: number }[];
    const disk = disks.find(({ of }) => of === "data folder");
    expect(disk?.freeBytes).toBeGreaterThan(0);
    expect(disk?.sizeBytes).toBeGreaterThan(disk?.freeBytes ?? 0);
  });
});
