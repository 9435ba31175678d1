// Accounts own deployments and keys. The first one, "default", belongs to the installation's own key.
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Sql } from "../database/database.ts";

/** Made by migration 0003. */
export const DEFAULT_ACCOUNT_ID = "00000000-0000-4000-8000-000000000001";

/** The id of the account with this name, which is made if it is new. */
export async function ensureAccount(db: Sql, name: string): Promise<string> {
  const { id } = await db
    .insertInto("accounts")
    .values({ id: uuidv7(), name })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ name: sql`excluded.name` }))
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export async function findAccountId(db: Sql, name: string): Promise<string | undefined> {
  const found = await db.selectFrom("accounts").select("id").where("name", "=", name).executeTakeFirst();
  return found?.id;
}

export async function accountName(db: Sql, id: string): Promise<string> {
  const { name } = await db
    .selectFrom("accounts")
    .select("name")
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  return name;
}
