// What monitoring reads every few seconds: the same sum, without adding up each day again and again.
import { afterEach, beforeEach, expect, it } from "vitest";
import { ModelTallies } from "../../../stacks/usage/tally.ts";
import { type ExplainedDatabase, openExplained } from "../../support/plans.ts";

const ID = "01900000-0000-7000-8000-000000000000";
const NOON = new Date("2026-11-29T12:00:00Z");
const minutesLater = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);

let database: ExplainedDatabase;
beforeEach(async () => {
  database = await openExplained();
});
afterEach(() => database.close());

async function use(day: string, requests: number, provider: "anthropic" | "openai" = "anthropic") {
  const row = { deployment_id: ID, day, provider, model: crypto.randomUUID(), requests };
  const figures = { counted_tokens: requests * 10, microdollars: requests * 1e6 };
  await database.sql
    .insertInto("model_usage_days")
    .values({ ...row, ...figures })
    .execute();
}

it("all days are in it, by provider; what is used today at once, an older day's within the hour", async () => {
  const tallies = new ModelTallies(database.sql);
  await use("2025-01-01", 5);
  await use("2026-11-29", 2);
  await use("2026-11-29", 1, "openai");
  const { totals } = await tallies.take(NOON);
  expect(totals).toContainEqual({ provider: "anthropic", requests: 7, tokens: 70, usd: 7 });
  expect(totals).toContainEqual({ provider: "openai", requests: 1, tokens: 10, usd: 1 });
  await use("2026-11-28", 1);
  await use("2025-01-01", 10);
  const requests = async (minutes: number) =>
    (await tallies.take(minutesLater(minutes))).totals.find(({ provider }) => provider === "anthropic")
      ?.requests;
  expect(await requests(59)).toBe(8);
  expect(await requests(60)).toBe(18);
});

it("days that are over are read once an hour, and once more when a day is over", async () => {
  const tallies = new ModelTallies(database.sql);
  await use("2026-11-20", 1);
  const statements = async (now: Date) => (await database.plansOf(() => tallies.take(now))).length;
  expect(await statements(NOON)).toBe(3);
  expect(await statements(minutesLater(15))).toBe(2);
  expect(await statements(minutesLater(59))).toBe(2);
  expect(await statements(minutesLater(60))).toBe(3);
  expect(await statements(minutesLater(12 * 60)), "the next day").toBe(3);
});
