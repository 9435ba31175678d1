// What becomes of sessions that have ended, and of those of a former key of the installation.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { DEFAULT_ACCOUNT_ID, ensureAccount } from "../../../stacks/accounts/accounts.ts";
import { createKey } from "../../../stacks/accounts/issue-keys.ts";
import { endFormerOperators } from "../../../stacks/accounts/manage-sessions.ts";
import { SessionLookup } from "../../../stacks/accounts/session-lookup.ts";
import * as sessions from "../../../stacks/accounts/sessions.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { SecretBox } from "../../../stacks/secret.ts";
import { forgetOld } from "../../../stacks/watch/housekeeping.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

vi.mock("../../../stacks/accounts/sessions.ts", { spy: true });

const box = new SecretBox(Buffer.alloc(32, 1));

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
beforeEach(async () => {
  await database.sql.deleteFrom("sessions").execute();
});
afterAll(() => database.close());

function operator(operatorKey = "key") {
  return sessions.beginSession(database.sql, { accountId: DEFAULT_ACCOUNT_ID, operatorKey });
}

async function left(): Promise<string[]> {
  const rows = await database.sql.selectFrom("sessions").select("id").orderBy("id").execute();
  return rows.map(({ id }) => id);
}

it("they are deleted a day after their end, and those that live are kept", async () => {
  const [live, justEnded, ended, idle, longIdle, future] = await Promise.all(
    Array.from({ length: 6 }, () => operator()),
  );
  const set = (one: typeof live, column: "ended_at" | "last_used_at", hoursAgo: number) =>
    database.sql
      .updateTable("sessions")
      .set({ [column]: sql<Date>`now() - make_interval(hours => ${hoursAgo}::int)` })
      .where("id", "=", one?.session.id ?? "")
      .execute();
  await set(justEnded, "ended_at", 23);
  await set(ended, "ended_at", 25);
  await set(idle, "last_used_at", 35);
  await set(longIdle, "last_used_at", 37);
  await set(future, "last_used_at", -25);
  await forgetOld(database.sql);
  const kept = [live, justEnded, idle].map((one) => one?.session.id ?? "");
  expect(await left()).toEqual(kept.toSorted());
});

it("they go with their key", async () => {
  const accountId = await ensureAccount(database.sql, "acme");
  const issuer = { scopes: ["read", "write"], endsAt: null } as const;
  const settings = { name: "key", scopes: ["read"], expiresAt: null } as const;
  const { key } = await createKey(database.sql, accountId, settings, issuer);
  await sessions.beginSession(database.sql, { accountId, keyId: key.id });
  const other = await operator();
  await database.sql.deleteFrom("api_keys").where("id", "=", key.id).execute();
  expect(await left()).toEqual([other.session.id]);
});

it("the operator's of another key of the installation end for good, should that key come back", async () => {
  const [before, after] = ["key-before", "key-after"].map((key) => new SessionLookup(database, box, key));
  if (!before || !after) throw new Error("no lookups");
  const [former, own] = [await operator(before.operatorKey), await operator(after.operatorKey)];
  expect(await before.stillLives(former.session.id)).toBe(true);
  expect(await after.find(former.value)).toBe("ended");
  await endFormerOperators(database.sql, after.operatorKey);
  before.forget();
  expect(await before.find(former.value)).toBe("ended");
  expect(await after.find(own.value)).toMatchObject({ id: own.session.id });
  expect(before.operatorKey).not.toContain("key-before");
});

it("one that was found stops living for who asks about it again", async () => {
  const lookup = new SessionLookup(database, box, "key");
  const { session, value } = await operator(lookup.operatorKey);
  expect(await lookup.find(value)).toMatchObject({ id: session.id });
  expect(await lookup.stillLives(session.id)).toBe(true);
  await sessions.signOut(database.sql, { id: session.id });
  lookup.forget();
  expect(await lookup.stillLives(session.id)).toBe(false);
  expect(await lookup.find(value)).toBe("ended");
  expect(await lookup.find("x".repeat(43))).toBeUndefined();
  expect(await lookup.stillLives("01900000-0000-7000-8000-000000000000")).toBe(false);
});

it("on an embedded database one that is asked about again and again costs one statement", async () => {
  const lookup = new SessionLookup(database, box, "key");
  const { session, value } = await operator(lookup.operatorKey);
  const read = vi.mocked(sessions.readSession).mockClear();
  for (let count = 0; count < 5; count++) expect(await lookup.stillLives(session.id)).toBe(true);
  expect(await lookup.find(value)).toMatchObject({ id: session.id });
  expect(read).toHaveBeenCalledTimes(1);
  lookup.forget();
  expect(await lookup.stillLives(session.id)).toBe(true);
  expect(read).toHaveBeenCalledTimes(2);
});
