// No key makes another one that may do more, or live longer, than itself.
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID as ACCOUNT, ensureAccount } from "../../../stacks/accounts/accounts.ts";
import { listKeys } from "../../../stacks/accounts/api-keys.ts";
import { createKey, type KeyIssuer, rotateKey } from "../../../stacks/accounts/issue-keys.ts";
import type { Database } from "../../../stacks/database/database.ts";
import type { Scope } from "../../../stacks/database/schema.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const ENDLESS: KeyIssuer = { scopes: ["read", "write"], endsAt: null };
const END = new Date(Date.now() + 3_600_000);
const ENDING: KeyIssuer = { ...ENDLESS, endsAt: END };
const LATER = new Date(END.getTime() + 1);
const SOONER = new Date(END.getTime() - 600_000);

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterAll(async () => {
  await database?.close();
});

async function make(issuer: KeyIssuer, expiresAt: Date | null, scopes: readonly Scope[] = ["write"]) {
  return (await createKey(database.sql, ACCOUNT, { name: "x", scopes, expiresAt }, issuer)).key;
}

async function rotate(issuer: KeyIssuer, id: string) {
  return (await rotateKey(database.sql, ACCOUNT, id, 60, issuer)).key;
}

it("a new key ends at the time it is given, or else with the key that makes it", async () => {
  expect((await make(ENDLESS, null)).expires_at).toBeNull();
  expect((await make(ENDING, null)).expires_at).toEqual(END);
  expect((await make(ENDING, SOONER)).expires_at).toEqual(SOONER);
  await expect(make(ENDING, LATER)).rejects.toMatchObject({
    code: "FORBIDDEN",
    message: expect.stringContaining(`ends at ${END.toISOString()}`),
  });
});

it("a successor ends with the key that makes it, at the latest", async () => {
  expect((await rotate(ENDING, (await make(ENDLESS, END)).id)).expires_at).toEqual(END);
  const { id } = await make(ENDLESS, null);
  await expect(rotate(ENDING, id)).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect((await rotate(ENDLESS, id)).expires_at, "the refusal has ended nothing").toBeNull();
});

it("a key rotates none that has a scope which it lacks", async () => {
  const { id } = await make(ENDLESS, null, ["read", "write"]);
  const writer: KeyIssuer = { scopes: ["write"], endsAt: null };
  await expect(rotate(writer, id)).rejects.toMatchObject({
    code: "FORBIDDEN",
    message: expect.stringContaining("scope read"),
  });
  expect((await rotate(writer, (await make(ENDLESS, null)).id)).scopes).toEqual(["write"]);
});

it("of an account's ended keys the latest 900 are kept, and all keys come by pages", async () => {
  const account = await ensureAccount(database.sql, "many");
  const ended = (index: number) => new Date(Date.UTC(2026, 0, 1) + index * 1_000);
  const rows = Array.from({ length: 1_000 }, (_, index) => ({
    id: index.toString(16).padStart(16, "0"),
    account_id: account,
    name: "ended",
    hash: "x",
    scopes: "[]",
    expires_at: index % 2 ? ended(index) : null,
    revoked_at: index % 2 ? null : ended(index),
  }));
  await database.sql.insertInto("api_keys").values(rows).execute();
  const { key } = await createKey(
    database.sql,
    account,
    { name: "new", scopes: ["read"], expiresAt: null },
    ENDLESS,
  );
  const found: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listKeys(database.sql, account, { limit: 100, cursor });
    found.push(...page.rows.map(({ id }) => id));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const kept = rows.slice(100).map(({ id }) => id);
  expect(found[0]).toBe(key.id);
  expect(found.slice(1).toSorted()).toEqual(kept.toSorted());
});
