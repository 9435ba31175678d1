// Two processes on one PostgreSQL stream each other's changes, and say so when they can't, until they can again.
import { afterAll, beforeAll, expect, it } from "vitest";
import { callWith, newKey, type TestKey } from "../support/accounts.ts";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { type Follower, follow, isOf, isSeeded, type LiveEvent } from "../support/live-events.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

let postgres: PostgresServer;
let first: TestBerth;
let second: TestBerth;
let key: TestKey;
const followers: Follower[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  const shared = { DATABASE_URL: postgres.url, BERTH_ROLE: "api", BERTH_RATE_READS: "0" };
  first = await startTestBerth(48, shared);
  second = await startTestBerth(48, shared, first.dataDir);
  key = await newKey(first, { account: "streamed" });
});
afterAll(async () => {
  for (const follower of followers) follower.close();
  await second?.close();
  await first?.close();
  await postgres?.stop();
});

async function open(berth: TestBerth, lastEventId?: string): Promise<Follower> {
  const follower = await follow(berth.url, { apiKey: key.apiKey, ...(lastEventId && { lastEventId }) });
  followers.push(follower);
  return follower;
}

async function buy(berth: TestBerth): Promise<string> {
  const { body } = await callWith(berth, key)("POST", "purchase", { apiMode: "byok" });
  return body.data?.deploymentId ?? "";
}

const isCalled =
  (name: string) =>
  ({ event }: LiveEvent) =>
    event === name;

it("what one changes the other one streams, and a stream of one does not go on at the other", async () => {
  const [atFirst, atSecond] = [await open(first), await open(second)];
  await Promise.all([atFirst.until(isSeeded), atSecond.until(isSeeded)]);
  const id = await buy(first);
  await Promise.all([atFirst.until(isOf(id)), atSecond.until(isOf(id))]);
  expect((await callWith(second, key)("DELETE", id)).status).toBe(202);
  const { id: last } = await atFirst.until(isOf(id, "deleted"));
  await atSecond.until(isOf(id, "deleted"));
  const moved = await open(second, last);
  await moved.until(isSeeded);
  expect(moved.events[0]?.event).toBe("reset");
});

it("says that changes are missed while PostgreSQL is away, and begins again once it is back", async () => {
  const id = await buy(first);
  const follower = await open(second);
  await follower.until(isSeeded);
  await postgres.end("SIGKILL");
  const lost = await follower.until(isCalled("lost"));
  expect(Number.isNaN(Date.parse(String(lost.data.since)))).toBe(false);
  const late = await open(second).catch(() => undefined);
  if (late) await late.until(isCalled("lost"));
  await postgres.start();
  const from = follower.events.indexOf(lost);
  await follower.until(isSeeded, from);
  const after = follower.events.slice(from + 1).filter(({ event }) => event !== "heartbeat");
  expect(after[0]?.event).toBe("reset");
  expect(after.some(isOf(id))).toBe(true);
  const later = await buy(first);
  await follower.until(isOf(later), from);
});
