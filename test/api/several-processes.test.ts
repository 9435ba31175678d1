// Two processes on one PostgreSQL are one front door: keys, idempotency keys and budgets hold for both.
import { afterAll, beforeAll, expect, it } from "vitest";
import { callWith, newKey } from "../support/accounts.ts";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

const BYOK = { apiMode: "byok" };

let postgres: PostgresServer;
let first: TestBerth;
let second: TestBerth;
beforeAll(async () => {
  postgres = await startPostgres();
  const shared = { DATABASE_URL: postgres.url, BERTH_ROLE: "api", BERTH_RATE_WRITES: "40" };
  first = await startTestBerth(24, shared);
  second = await startTestBerth(24, shared, first.dataDir);
});
afterAll(async () => {
  await second?.close();
  await first?.close();
  await postgres?.stop();
});

it("a key that one revokes is refused by the other at once", async () => {
  const key = await newKey(first, { account: "shared" });
  expect((await callWith(second, key)("GET", "")).status).toBe(200);
  expect((await first.call("DELETE", `/api/v1/keys/${key.keyId}`)).status).toBe(200);
  expect((await callWith(second, key)("GET", "")).status).toBe(401);
});

it("a call sent to both with the same Idempotency-Key is done once", async () => {
  const key = await newKey(first, { account: "idempotent" });
  const both = [callWith(first, key), callWith(second, key)];
  const headers = { "Idempotency-Key": "once" };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => both[index % 2]?.("POST", "purchase", BYOK, headers)),
  );
  for (const answer of answers) expect([201, 409]).toContain(answer?.status);
  const ids = answers.flatMap((answer) => answer?.body.data?.deploymentId ?? []);
  expect(new Set(ids).size).toBe(1);
  const listed = (await callWith(second, key)("GET", "")).body.data as unknown as unknown[];
  expect(listed).toHaveLength(1);
  for (const call of both) {
    const replayed = await call("POST", "purchase", BYOK, headers);
    expect(replayed.body.data?.deploymentId).toBe(ids[0]);
    expect(replayed.headers.get("idempotency-replayed")).toBe("true");
    expect((await call("POST", "purchase", { apiMode: "managed" }, headers)).status).toBe(422);
  }
});

it("a budget of changes is spent by calls to both", async () => {
  const key = await newKey(first, { account: "busy" });
  const both = [callWith(first, key), callWith(second, key)];
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) => both[index % 2]?.("POST", "purchase", BYOK)),
  );
  expect(answers.filter((answer) => answer?.status === 201)).toHaveLength(40);
  for (const answer of answers.filter((answer) => answer?.status !== 201)) {
    expect(answer?.status).toBe(429);
    expect(Number(answer?.headers.get("retry-after"))).toBeGreaterThan(0);
  }
  expect((await callWith(second, key)("GET", "")).status).toBe(200);
});

it("calls to both stand in one audit trail", async () => {
  const key = await newKey(first, { account: "traced" });
  await callWith(first, key)("GET", "", undefined, { "X-Request-Id": "by-first" });
  await callWith(second, key)("GET", "", undefined, { "X-Request-Id": "by-second" });
  const seen = async () => {
    const { body } = await first.call("GET", "/api/v1/audit?account=traced");
    return (body.data as unknown as { requestId: string }[]).map(({ requestId }) => requestId).toSorted();
  };
  await expect.poll(seen).toEqual(["by-first", "by-second"]);
});
