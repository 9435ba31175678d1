// A customer's own limits are compared with what is used of the present windows, also where nothing was booked in them yet.
import { sql as raw } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { createSlot } from "../../../stacks/deployments/deployments.ts";
import { windowNames } from "../../../stacks/usage/limits.ts";
import { setLimits } from "../../../stacks/usage/set-limits.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const NO_LIMITS = { byok: {}, managed: {}, unlimited: {} };

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterAll(async () => {
  await database?.close();
});

it.each([
  ["of today", new Date(), "assistant.limit_reached"],
  ["of a day long ago", new Date("2026-01-31T12:00:00Z"), undefined],
])("a limit below what was used %s", async (_when, at, reported) => {
  const { sql } = database;
  const { id } = await createSlot(sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "managed", maxLive: 0 });
  const active = { status: "active", callback_url: "https://a.example/" } as const;
  await sql.updateTable("deployments").set(active).where("id", "=", id).execute();
  const used = { month_tokens: 500, day_tokens: 500, minute_tokens: 500 };
  await sql
    .insertInto("model_spend")
    .values({ deployment_id: id, ...windowNames(at), ...used })
    .execute();
  await raw`insert into model_usage_days (deployment_id, day, provider, model, requests, input, cached_input, cache_writes, output,
    counted_tokens, microdollars, unpriced_requests) values (${id}, ${windowNames(at).day}, 'anthropic', 'm', 1, 500, 0, 0, 0, 500, 0, 0)`.execute(
    sql,
  );
  const limits = { month: { tokens: 100 }, day: { tokens: 100 } };
  const changed = await setLimits(sql, DEFAULT_ACCOUNT_ID, id, limits, NO_LIMITS);
  expect(changed.model_limits).toEqual(limits);
  const callbacks = await sql
    .selectFrom("callbacks")
    .select("type")
    .where("deployment_id", "=", id)
    .execute();
  expect(callbacks.map(({ type }) => type)).toEqual(reported === undefined ? [] : [reported]);
});
