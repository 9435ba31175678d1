// Two processes on one PostgreSQL are one front door: keys, idempotency keys and budgets hold for both.
import { afterAll, beforeAll, expect, it } from "vitest";
import { claimKey } from "../../stacks/accounts/idempotency-keys.ts";
import { callWith, newKey } from "../support/accounts.ts";
import { API_KEY, startTestBerth, type TestBerth } from "../support/berth.ts";
import { send, signIn } from "../support/browser-calls.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

const BYOK = { apiMode: "byok" };

let postgres: PostgresServer;
let first: TestBerth;
let second: TestBerth;
beforeAll(async () => {
  postgres = await startPostgres();
  const shared = {
    DATABASE_URL: postgres.url,
    BERTH_ROLE: "api",
    BERTH_RATE_WRITES: "40",
    BERTH_RATE_WRONG_KEYS: "0",
  };
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

it("a session is known to both, and ends for both at once: at sign-out, and when its key is revoked", async () => {
  const own = { "Sec-Fetch-Site": "same-origin" };
  const { apiKey, keyId } = await newKey(first, { account: "signed-in" });
  const statuses = (cookie: string) =>
    Promise.all(
      [first, second].map(async ({ url }) => {
        return (await send(url, "GET", "/api/v1/session", { Cookie: cookie })).status;
      }),
    );
  const [out, revoked] = [await signIn(first.url, { apiKey }), await signIn(second.url, { apiKey })];
  for (const { cookie } of [out, revoked]) expect(await statuses(cookie)).toEqual([200, 200]);
  await send(second.url, "DELETE", "/api/v1/session", { Cookie: out.cookie, ...own });
  expect(await statuses(out.cookie)).toEqual([401, 401]);
  expect((await first.call("DELETE", `/api/v1/keys/${keyId}`)).status).toBe(200);
  expect(await statuses(revoked.cookie)).toEqual([401, 401]);
});

it("a stream that one serves ends soon after the other has ended its session", async () => {
  const { apiKey } = await newKey(first, { account: "following" });
  const { cookie } = await signIn(second.url, { apiKey });
  const headers = { Cookie: cookie, "Sec-Fetch-Site": "same-origin" };
  const bought = await send(first.url, "POST", "/api/v1/assistants/purchase", headers, BYOK);
  const id = String(bought.body.data?.deploymentId);
  await fetch(String(bought.body.data?.checkoutUrl), { method: "POST" });
  const stream = await fetch(`${first.url}/api/v1/assistants/${id}/events`, { headers });
  expect(stream.status).toBe(200);
  const ended = stream.text();
  expect((await send(second.url, "DELETE", "/api/v1/session", headers)).status).toBe(200);
  expect(await ended).toContain('{"reason":"key_ended"}');
});

it("a link signs in at one of them, once, also when both get it at the same time", async () => {
  for (let round = 0; round < 5; round++) {
    const made = await first.call("POST", "/api/v1/sign-in-links");
    const link = new URL(String(made.body.data?.url)).hash.slice(1);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        send((index % 2 ? first : second).url, "POST", "/api/v1/session", {}, { link }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 401, 401, 401, 401, 401]);
  }
  expect((await signIn(second.url, { apiKey: API_KEY })).answer.status).toBe(201);
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

it("a call whose transaction began first does not take what another has claimed since", async () => {
  const { sql, box } = first.installation;
  const { id } = await sql.selectFrom("accounts").select("id").limit(1).executeTakeFirstOrThrow();
  const call = { accountId: id, key: "claimed-since", fingerprint: "same" };
  await sql.transaction().execute(async (early) => {
    await early.selectNoFrom((is) => is.fn<Date>("now").as("began")).execute();
    expect(await claimKey({ sql, box }, call)).toHaveProperty("held");
    expect(await claimKey({ sql: early, box }, call)).toBe("running");
  });
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
