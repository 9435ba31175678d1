// Every request is on record before it is sent, and counted once: on both databases, with many at once and with gateways killed.
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql as raw } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Admitted, ModelOutcome, ModelRequest, Refusal } from "../../../infra/gateway/access.ts";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import { type Database, openDatabase } from "../../../stacks/database/database.ts";
import { createSlot, getDeployment } from "../../../stacks/deployments/deployments.ts";
import { openColumn, sealColumn } from "../../../stacks/deployments/secret-columns.ts";
import { Secret, SecretBox } from "../../../stacks/secret.ts";
import type { ModelLimits } from "../../../stacks/settings.ts";
import { forgetRequests } from "../../../stacks/usage/forget.ts";
import { recordLeft } from "../../../stacks/usage/late.ts";
import { ModelLedger } from "../../../stacks/usage/ledger.ts";
import { countLost } from "../../../stacks/usage/lost.ts";
import { endFormerTokens, withModelToken } from "../../../stacks/usage/tokens.ts";
import { renewWarnings } from "../../../stacks/usage/watch.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";
import { cells } from "../../support/matrix.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres.ts";

const MODEL = "claude-sonnet-4-5";
const box = new SecretBox(randomBytes(32));
const log = pino({ level: "silent" });
const gateway = { modelGateway: { byok: true, reach: { form: "names", caPem: "" } } } as const;

describe.each(["PGlite", "PostgreSQL"] as const)("on %s", (kind) => {
  let folder: string;
  let server: PostgresServer | undefined;
  let database: Database;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "berth-usage-"));
    server = kind === "PostgreSQL" ? await startPostgres() : undefined;
    database = await (server ? openDatabase({ url: server.url }) : openEmptyDatabase(folder));
  });
  afterAll(async () => {
    await database?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ledgerOf = (managed: ModelLimits = {}) => {
    const settings = {
      modelKeys: { anthropic: new Secret("sk-ant-operators-own") },
      modelLimits: { byok: {}, managed, unlimited: {} },
      dataDir: folder,
    };
    return new ModelLedger({ sql: database.sql, box, settings, log });
  };

  async function assistant(apiMode: "byok" | "managed" = "managed") {
    const { sql } = database;
    const { id } = await createSlot(sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode, maxLive: 0 });
    const model_api_key =
      apiMode === "byok" ? sealColumn(box, id, "model_api_key", "sk-ant-customers") : null;
    await sql
      .updateTable("deployments")
      .set({
        status: "active",
        model_provider: "anthropic",
        model_api_key,
        callback_url: "https://a.example/",
      })
      .where("id", "=", id)
      .execute();
    return { id, token: await newToken(id) };
  }

  const read = (id: string) => getDeployment(database.sql, DEFAULT_ACCOUNT_ID, id);

  async function newToken(id: string): Promise<string> {
    const found = await withModelToken(database.sql, { box, settings: gateway }, await read(id));
    return openColumn(box, found, "model_token")?.reveal() ?? "";
  }

  const rows = (id: string) =>
    database.sql.selectFrom("model_requests").selectAll().where("deployment_id", "=", id).execute();
  const spend = (id: string) =>
    database.sql
      .selectFrom("model_spend")
      .selectAll()
      .where("deployment_id", "=", id)
      .executeTakeFirstOrThrow();
  const days = (id: string) =>
    database.sql.selectFrom("model_usage_days").selectAll().where("deployment_id", "=", id).execute();

  it("a token gives the real key, the request is on record before, and what was used after", async () => {
    const ledger = ledgerOf();
    const { id, token } = await assistant();
    const own = await assistant("byok");
    const one = admitted(await ledger.admit(request(token)));
    expect(one.key).toBe("sk-ant-operators-own");
    expect(admitted(await ledger.admit(request(own.token))).key).toBe("sk-ant-customers");
    expect(await rows(id)).toMatchObject([{ state: "open", worst_tokens: 1_000, model: MODEL }]);
    expect(await spend(id)).toMatchObject({ open_requests: 1, open_tokens: 1_000, month_tokens: 0 });
    one.settle(used(100, 20, 5_000));
    await ledger.close();
    expect(await rows(id)).toMatchObject([
      { state: "settled", input: 100, cached_input: 10, output: 20, microdollars: 5_000, status: 200 },
    ]);
    expect(await spend(id)).toMatchObject({
      open_requests: 0,
      open_tokens: 0,
      open_microdollars: 0,
      month_tokens: 120,
      day_microdollars: 5_000,
      minute_tokens: 120,
    });
    expect(await days(id)).toMatchObject([{ requests: 1, input: 100, output: 20, microdollars: 5_000 }]);
  });

  it("after ninety days a request is forgotten, unless it is open; what its day has used is not", async () => {
    const ledger = ledgerOf();
    const { id, token } = await assistant();
    admitted(await ledger.admit(request(token))).settle(used(100, 20, 5_000));
    admitted(await ledger.admit(request(token)));
    await ledger.close();
    const age = (count: number) =>
      database.sql
        .updateTable("model_requests")
        .set({ at: raw<Date>`now() - make_interval(days => ${count}::int)` })
        .where("deployment_id", "=", id)
        .execute();
    await age(89);
    await forgetRequests(database.sql);
    expect(await rows(id)).toHaveLength(2);
    await age(91);
    await forgetRequests(database.sql);
    expect(await rows(id)).toMatchObject([{ state: "open" }]);
    expect(await days(id)).toMatchObject([{ requests: 1, input: 100 }]);
  });

  it("a compatible server's address goes with the key that is for it; to no other provider", async () => {
    const ledger = ledgerOf();
    const { id, token } = await assistant("byok");
    const asked = { ...request(token), provider: "openai-compatible" } as const;
    const set = (model_provider: string, base_url: string | null) =>
      database.sql
        .updateTable("deployments")
        .set({ model_provider, base_url })
        .where("id", "=", id)
        .execute();
    expect(await ledger.admit(asked)).toMatchObject({ refusal: { status: 403 } });
    await set("openai-compatible", "https://api.groq.com/openai/v1");
    expect(admitted(await ledger.admit(asked))).toMatchObject({
      key: "sk-ant-customers",
      baseUrl: "https://api.groq.com/openai/v1",
    });
    expect(await ledger.admit(request(token))).toMatchObject({ refusal: { status: 403 } });
    await set("anthropic", "https://api.groq.com/openai/v1");
    expect(admitted(await ledger.admit(request(token))).baseUrl).toBeUndefined();
    await ledger.close();
  });

  it("what is no token, a former one, one of another provider or of a stopped assistant is refused", async () => {
    const ledger = ledgerOf();
    const { id, token } = await assistant();
    expect(refusal(await ledger.admit(request("sk-ant-real"))).status).toBe(401);
    expect(refusal(await ledger.admit(request(`brm_${"A".repeat(43)}`))).status).toBe(401);
    expect(refusal(await ledger.admit({ ...request(token), provider: "openai" })).status).toBe(403);
    const next = await newToken(id);
    admitted(await ledger.admit(request(token)));
    admitted(await ledger.admit(request(next)));
    await database.sql.transaction().execute((trx) => endFormerTokens(trx, id));
    expect(refusal(await ledger.admit(request(token))).status).toBe(401);
    for (const status of ["stopping", "stopped", "suspended", "failed", "deleting"] as const) {
      await database.sql.updateTable("deployments").set({ status }).where("id", "=", id).execute();
      expect(refusal(await ledger.admit(request(next))).status).toBe(403);
    }
    await ledger.close();
    expect(await rows(id)).toHaveLength(2);
  });

  it("a hundred at once, over two gateways, overrun a limit by less than the worst of one", async () => {
    const { id, token } = await assistant();
    const limit = { month: { usd: 0.1 } };
    const [one, other] = [ledgerOf(limit), ledgerOf(limit)];
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, at) => (at % 2 ? one : other).admit(request(token, 9_000))),
    );
    const taken = all.filter((answer): answer is Admitted => "key" in answer);
    // The twelfth begins at 99,000 of 100,000.
    expect(taken).toHaveLength(12);
    for (const { settle } of taken) settle(used(100, 100, 9_000));
    await Promise.all([one.close(), other.close()]);
    expect(await spend(id)).toMatchObject({ month_microdollars: 108_000, open_requests: 0 });
  });

  it("near a limit there is a warning and a callback, at it a sentence until when; raised, it works at once", async () => {
    const { id, token } = await assistant();
    const ledger = ledgerOf({ month: { usd: 1 } });
    const ask = () => ledger.admit(request(token, 0));
    const spendOne = async (microdollars: number) => {
      admitted(await ask()).settle(used(1, 1, microdollars));
      await expect.poll(async () => (await spend(id)).open_requests).toBe(0);
    };
    await spendOne(790_000);
    expect((await read(id)).limit_warning).toBeNull();
    await spendOne(20_000);
    expect((await read(id)).limit_warning?.cause.code).toBe("LIMIT_NEAR");
    await spendOne(200_000);
    const { limit_warning } = await read(id);
    expect(limit_warning?.cause.code).toBe("LIMIT_REACHED");
    const { message, status, retryAfterSeconds } = refusal(await ask());
    expect(status).toBe(429);
    expect(limit_warning?.cause.message).toMatch(
      /limit of 1 US dollar a month.*again from \d{4}-\d\d-01T00:00Z/,
    );
    expect(message).toMatch(/monthly usage limit.*resets on \d{4}-\d\d-01 00:00 UTC/);
    expect(retryAfterSeconds).toBeUndefined();
    const callbacks = await database.sql
      .selectFrom("callbacks")
      .select("type")
      .where("deployment_id", "=", id)
      .orderBy("sequence")
      .execute();
    expect(callbacks.map(({ type }) => type)).toEqual(["assistant.limit_near", "assistant.limit_reached"]);
    const raised = ledgerOf({ month: { usd: 5 } });
    admitted(await raised.admit(request(token, 0)));
    expect((await read(id)).limit_warning).toBeNull();
    await Promise.all([ledger.close(), raised.close()]);
  });

  it("a limit of the customer's own holds below the operator's, and a month that ends renews it", async () => {
    const { id, token } = await assistant();
    const ledger = ledgerOf({ day: { tokens: 1_000_000 } });
    const model_limits = JSON.stringify({ month: { tokens: 100 }, requestsAtOnce: 1 });
    await database.sql.updateTable("deployments").set({ model_limits }).where("id", "=", id).execute();
    const one = admitted(await ledger.admit({ ...request(token), worst: { tokens: 1, microdollars: 1 } }));
    expect(refusal(await ledger.admit(request(token)))).toMatchObject({ status: 429, retryAfterSeconds: 5 });
    one.settle(used(80, 40, 0));
    await expect.poll(async () => (await read(id)).limit_warning?.cause.code).toBe("LIMIT_REACHED");
    // A month ago.
    await database.sql.deleteFrom("model_usage_days").where("deployment_id", "=", id).execute();
    await database.sql
      .updateTable("model_spend")
      .set({ month: "2020-01", day: "2020-01-31" })
      .where("deployment_id", "=", id)
      .execute();
    await renewWarnings(database.sql, ledger.judging);
    expect((await read(id)).limit_warning).toBeNull();
    admitted(await ledger.admit(request(token)));
    await ledger.close();
  });

  it("a clock that was ahead for a while loses nothing of a month", async () => {
    const { id, token } = await assistant();
    const ledger = ledgerOf();
    admitted(await ledger.admit(request(token))).settle(used(70, 7, 900));
    await ledger.close();
    await database.sql
      .updateTable("model_spend")
      .set({ month: "2030-01", month_tokens: 0, month_microdollars: 0 })
      .where("deployment_id", "=", id)
      .execute();
    const next = ledgerOf();
    admitted(await next.admit(request(token)));
    expect(await spend(id)).toMatchObject({ month_tokens: 77, month_microdollars: 900 });
    await next.close();
  });

  it("what a killed gateway had under way counts at its worst, and as it was if it settles after all", async () => {
    const { id, token } = await assistant();
    const killed = ledgerOf();
    const late = admitted(await killed.admit(request(token, 2_000)));
    admitted(await killed.admit(request(token, 2_000)));
    const next = ledgerOf();
    await countLost(database.sql, next.judging, true);
    expect(await spend(id)).toMatchObject({
      open_requests: 0,
      month_tokens: 2_000,
      month_microdollars: 4_000,
    });
    expect(await days(id)).toMatchObject([{ requests: 2, counted_tokens: 2_000 }]);
    expect(await countLost(database.sql, next.judging, true)).toBe(0);
    late.settle(used(10, 5, 30));
    await killed.close();
    expect(await spend(id)).toMatchObject({
      open_requests: 0,
      month_tokens: 1_015,
      month_microdollars: 2_030,
    });
    expect(await days(id)).toMatchObject([{ requests: 2, counted_tokens: 1_015, input: 10, output: 5 }]);
    expect((await rows(id)).map(({ state }) => state).sort()).toEqual(["lost", "settled"]);
    await next.close();
  });

  it("a token is kept as long as its container runs, unless it can't be opened any more", async () => {
    const { id, token } = await assistant();
    const outputs = JSON.stringify({ replicas: 1 });
    await database.sql.updateTable("deployments").set({ outputs }).where("id", "=", id).execute();
    expect(await newToken(id)).toBe(token);
    await database.sql
      .updateTable("deployments")
      .set({ model_token: "v2.000000000000.c2VhbGVkIHdpdGggYSBrZXkgdGhhdCBpcyBnb25l" })
      .where("id", "=", id)
      .execute();
    const next = await newToken(id);
    expect(next).toMatch(/^brm_/);
    expect(next).not.toBe(token);
  });

  it("what is under way ends when its assistant is stopped, or the operator stops its provider", async () => {
    const [one, other] = [await assistant(), await assistant()];
    const ledger = ledgerOf();
    const [first, second] = [
      admitted(await ledger.admit(request(one.token))),
      admitted(await ledger.admit(request(other.token))),
    ];
    await ledger.endStopped();
    expect([first.signal?.aborted, second.signal?.aborted]).toEqual([false, false]);
    await database.sql
      .updateTable("deployments")
      .set({ status: "stopping" })
      .where("id", "=", one.id)
      .execute();
    await ledger.endStopped();
    expect([first.signal?.aborted, second.signal?.aborted]).toEqual([true, false]);
    await database.sql.insertInto("model_stops").values({ provider: "anthropic" }).execute();
    await ledger.endStopped();
    expect(second.signal?.aborted).toBe(true);
    await database.sql.deleteFrom("model_stops").execute();
    for (const { settle } of [first, second]) settle(used(1, 1, 1));
    await ledger.close();
  });

  it("what is under way ends with its payment, also while an operation still runs", async () => {
    for (const payment of ["revoked", "refunded"] as const) {
      const { id, token } = await assistant();
      const ledger = ledgerOf();
      const one = admitted(await ledger.admit(request(token)));
      const change = { status: "deploying", payment } as const;
      await database.sql.updateTable("deployments").set(change).where("id", "=", id).execute();
      expect(refusal(await ledger.admit(request(token))).status).toBe(403);
      await ledger.endStopped();
      expect(one.signal?.aborted).toBe(true);
      one.settle(used(1, 1, 1));
      await ledger.close();
    }
  });

  it("a key that can't be opened is a refusal that says so, and leaves nothing under way", async () => {
    const ledger = ledgerOf();
    const { id, token } = await assistant("byok");
    const model_api_key = sealColumn(new SecretBox(randomBytes(32)), id, "model_api_key", "sk-ant-lost");
    await database.sql.updateTable("deployments").set({ model_api_key }).where("id", "=", id).execute();
    const { status, message } = refusal(await ledger.admit(request(token)));
    expect([status, message]).toEqual([503, expect.stringContaining("PATCH modelApiKey")]);
    await ledger.close();
    expect(await spend(id)).toMatchObject({ open_requests: 0, open_tokens: 0, month_tokens: 0 });
    expect(await rows(id)).toMatchObject([{ state: "settled", counted_tokens: 0 }]);
  });

  it("what nobody settles for hours counts at its worst, too", async () => {
    const { id, token } = await assistant();
    const ledger = ledgerOf();
    admitted(await ledger.admit(request(token, 7_000)));
    expect(await countLost(database.sql, ledger.judging, true)).toBe(0);
    const at = new Date(Date.now() - 4 * 3_600_000);
    await database.sql.updateTable("model_requests").set({ at }).where("deployment_id", "=", id).execute();
    expect(await countLost(database.sql, ledger.judging, true)).toBe(1);
    expect(await spend(id)).toMatchObject({ open_requests: 0, minute_microdollars: 7_000 });
    await ledger.close();
  });

  it.runIf(kind === "PostgreSQL")(
    "while the database is away it goes on by what was read last, within the limits, and nothing of that is lost",
    async () => {
      const { id, token } = await assistant();
      const stranger = await assistant();
      const limit = { month: { usd: 0.01 } };
      const [ledger, killed] = [ledgerOf(limit), ledgerOf(limit)];
      for (const one of [ledger, killed])
        admitted(await one.admit(request(token, 1_000))).settle(used(1, 1, 1_000));
      await expect.poll(async () => (await spend(id)).open_requests).toBe(0);
      await server?.end("SIGQUIT");
      const away = admitted(await ledger.admit(request(token, 3_000)));
      admitted(await killed.admit(request(token, 5_000)));
      expect(await ledger.recognize(token)).toBeUndefined();
      await expect(ledger.admit(request(stranger.token))).rejects.toThrow();
      for (const worst of [3_000, 3_000])
        admitted(await ledger.admit(request(token, worst))).settle(used(1, 1, 100));
      expect(refusal(await ledger.admit(request(token, 3_000))).status).toBe(429);
      away.settle(used(10, 5, 200));
      await server?.start();
      await ledger.close();
      expect((await rows(id)).filter(({ state }) => state === "settled")).toHaveLength(5);
      const next = ledgerOf(limit);
      await recordLeft(database.sql, folder, next.judging, true);
      await countLost(database.sql, next.judging, true);
      // Of the one that was killed nobody knows what it has used.
      expect(await spend(id)).toMatchObject({ month_microdollars: 2_000 + 400 + 5_000, open_requests: 0 });
      expect(readdirSync(folder).filter((name) => name.endsWith(".jsonl"))).toEqual([]);
      await next.close();
      await killed.close();
    },
  );

  it.runIf(kind === "PostgreSQL")(
    "who is stopped before the database goes away does not ask by what was read last, nor does a former token",
    async () => {
      const [asks, stopped, renewed] = [await assistant(), await assistant(), await assistant()];
      const ledger = ledgerOf();
      const ask = (token: string) => ledger.admit(request(token));
      for (const { token } of [asks, stopped, renewed]) admitted(await ask(token)).settle(used(1, 1, 1));
      await database.sql
        .updateTable("deployments")
        .set({ status: "stopped" })
        .where("id", "=", stopped.id)
        .execute();
      await newToken(renewed.id);
      await endFormerTokens(database.sql, renewed.id);
      await ledger.endStopped();
      await server?.end("SIGQUIT");
      admitted(await ask(asks.token)).settle(used(1, 1, 1));
      await expect(ask(stopped.token)).rejects.toThrow();
      await expect(ask(renewed.token)).rejects.toThrow();
      await server?.start();
      await ledger.close();
    },
    60_000,
  );

  it.runIf(kind === "PostgreSQL")(
    "a former token stays forgotten, though a booking has read it before",
    async () => {
      const { id, token } = await assistant();
      const ledger = ledgerOf();
      const first = admitted(await ledger.admit(request(token)));
      const gate = Promise.withResolvers<void>();
      const locked = Promise.withResolvers<void>();
      const holding = database.sql.transaction().execute(async (trx) => {
        await trx
          .selectFrom("model_spend")
          .select("deployment_id")
          .where("deployment_id", "=", id)
          .forUpdate()
          .execute();
        locked.resolve();
        await gate.promise;
      });
      await locked.promise;
      first.settle(used(1, 1, 1));
      const waiting = raw<{ count: number }>`
        select count(*)::int from pg_stat_activity where wait_event_type = 'Lock'`;
      await expect.poll(async () => (await waiting.execute(database.sql)).rows[0]?.count).toBe(1);
      await newToken(id);
      await endFormerTokens(database.sql, id);
      const forgetting = ledger.endStopped();
      await Promise.race([forgetting, sleep(300)]);
      gate.resolve();
      await Promise.all([holding, forgetting]);
      await expect.poll(async () => (await spend(id)).open_requests).toBe(0);
      await server?.end("SIGQUIT");
      await expect(ledger.admit(request(token))).rejects.toThrow();
      await server?.start();
      await ledger.close();
    },
    60_000,
  );

  it("the operator's stop of a provider, or of all, holds at once", async () => {
    const { token } = await assistant();
    const ledger = ledgerOf();
    for (const provider of ["anthropic", "all"] as const) {
      await database.sql.insertInto("model_stops").values({ provider }).execute();
      expect(refusal(await ledger.admit(request(token))).status).toBe(503);
      await database.sql.deleteFrom("model_stops").execute();
      admitted(await ledger.admit(request(token)));
    }
    await ledger.close();
  });

  it.each(cells([1_000], [10_000]))(
    "%i mixed requests of many assistants agree with what was billed, to the token",
    async (count) => {
      const all = await Promise.all(Array.from({ length: 20 }, () => assistant()));
      const billed = new Map(all.map(({ id }) => [id, 0]));
      const ledgers = [ledgerOf(), ledgerOf()];
      const LANES = 100;
      let next = 0;
      const lane = async () => {
        for (let at = next++; at < count; at = next++) {
          const { id, token } = all[at % all.length] as { id: string; token: string };
          const answer = admitted(await (ledgers[at % 2] as ModelLedger).admit(request(token)));
          const [input, output] = [at % 977, at % 89];
          billed.set(id, (billed.get(id) ?? 0) + input + output);
          answer.settle(used(input, output, at % 13));
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      await Promise.all(ledgers.map((ledger) => ledger.close()));
      for (const { id } of all) {
        expect(await spend(id)).toMatchObject({
          month_tokens: billed.get(id),
          open_requests: 0,
          open_tokens: 0,
        });
        const total = (await days(id)).reduce((sum, day) => sum + day.counted_tokens, 0);
        expect(total).toBe(billed.get(id));
      }
    },
  );
});

function request(token: string, microdollars: number | null = 1_000): ModelRequest {
  return { token, provider: "anthropic", model: MODEL, worst: { tokens: 1_000, microdollars } };
}

function used(input: number, output: number, microdollars: number): ModelOutcome {
  const usage = { input, cachedInput: Math.min(10, input), cacheWrites: 0, output };
  return { status: 200, usage, microdollars, durationMs: 12.3 };
}

function admitted(answer: Admitted | { readonly refusal: Refusal }): Admitted {
  if ("refusal" in answer) throw new Error(`refused: ${JSON.stringify(answer.refusal)}`);
  return answer;
}

function refusal(answer: Admitted | { readonly refusal: Refusal }): Refusal {
  if ("refusal" in answer) return answer.refusal;
  throw new Error("was admitted");
}
