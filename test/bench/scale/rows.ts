// Puts a world's rows straight into a database, in bulk, and its stacks' states into the data folder: no operation has made
// any of it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql as raw } from "kysely";
import { resourceName } from "../../../infra/args.ts";
import { createKey } from "../../../stacks/accounts/issue-keys.ts";
import type { Database, Sql } from "../../../stacks/database/database.ts";
import { sealColumn } from "../../../stacks/deployments/secret-columns.ts";
import type { SecretBox } from "../../../stacks/secret.ts";
import { ACCOUNTS, IMAGE, idAt, type Member } from "./world.ts";

const AT_ONCE = 500;
const DAYS_OF_USE = 30;
const BACKUPS_OF_EACH = 7;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** @param endpoint where all assistants answer @returns the accounts' ids, the first one's the largest */
export async function insertWorld(
  { sql }: Pick<Database, "sql">,
  box: SecretBox,
  members: readonly Member[],
  endpoint: string,
): Promise<string[]> {
  const accounts = Array.from({ length: ACCOUNTS }, (_, n) => ({
    id: idAt(new Date()),
    name: `simulated-${n}`,
  }));
  await sql.insertInto("accounts").values(accounts).execute();
  const ids = accounts.map(({ id }) => id);
  for (let at = 0; at < members.length; at += AT_ONCE)
    await insertSome(sql, box, members.slice(at, at + AT_ONCE), ids, endpoint);
  await insertUse(sql, members.filter(isUsed));
  await insertBackups(sql, members.filter(isUsed), ids);
  return ids;
}

async function insertSome(
  sql: Sql,
  box: SecretBox,
  members: readonly Member[],
  accounts: readonly string[],
  endpoint: string,
): Promise<void> {
  const made = members.map((member) => ({ member, operationId: idAt(member.createdAt) }));
  await sql
    .insertInto("deployments")
    .values(made.map(({ member, operationId }) => deploymentOf(box, member, operationId, accounts, endpoint)))
    .execute();
  const operated = made.filter(({ member }) => member.address !== null);
  await sql
    .insertInto("operations")
    .values(
      operated.flatMap(({ member, operationId }) =>
        [idAt(new Date(member.createdAt.getTime() - MINUTE_MS)), operationId].map((id, n) => ({
          ...{ id, deployment_id: member.id, request_id: null, host: "simulated", error: null },
          kind: n === 1 && isUsed(member) ? ("activate" as const) : ("prepare" as const),
          ...{ state: "succeeded" as const, attempt: 1, created_at: member.createdAt },
          ...{ started_at: member.createdAt, finished_at: member.createdAt },
        })),
      ),
    )
    .execute();
}

function deploymentOf(
  box: SecretBox,
  { id, status, account, address, containerId, createdAt }: Member,
  operationId: string,
  accounts: readonly string[],
  endpoint: string,
) {
  const used = isUsed({ status });
  const outputs = {
    ...{
      status,
      replicas: containerId ? 1 : 0,
      containerId,
      endpoint: containerId && endpoint,
      image: IMAGE,
    },
    ...{ network: resourceName(id), volume: resourceName(id) },
  };
  const use = {
    usedBytes: 2 ** 21,
    freeBytes: 8e10,
    diskBytes: 1e11,
    measuredAt: createdAt,
    broughtUpBy: null,
  };
  return {
    ...{
      id,
      status,
      account_id: accounts[account] ?? "",
      api_mode: "byok" as const,
      checkout_id: crypto.randomUUID(),
    },
    ...{ checkout_url: null, order_id: null, subscription_id: null, suspended_from: null },
    name: used ? `Assistant ${id.slice(-6)}` : null,
    ...(used && { model_provider: "anthropic", model_id: "claude-sonnet-4-5-20250929" }),
    ...(used && {
      gateway_token: sealColumn(box, id, "gateway_token", `token-of-${id}`),
      pinned_image: IMAGE,
    }),
    ...{ address, stack_exists: address !== null, operation_id: address === null ? null : operationId },
    ...{ outputs: used ? JSON.stringify(outputs) : null, created_at: createdAt, updated_at: createdAt },
    ...{ state_use: used ? JSON.stringify({ ...use, toleratedUntil: null, ceilingBytes: null }) : null },
  };
}

/** A month of days, and what is spent of the present one. */
async function insertUse(sql: Sql, members: readonly Member[]): Promise<void> {
  for (const { id, status } of members) {
    if (status !== "active") continue;
    const days = Array.from({ length: DAYS_OF_USE }, (_, n) => ({
      ...{ deployment_id: id, provider: "anthropic" as const, model: "claude-sonnet-4-5-20250929" },
      day: new Date(Date.now() - n * DAY_MS).toISOString().slice(0, 10),
      ...{ requests: 20, input: 40_000, output: 8_000, counted_tokens: 48_000, microdollars: 240_000 },
    }));
    await sql.insertInto("model_usage_days").values(days).execute();
    await sql.insertInto("model_spend").values({ deployment_id: id, month_tokens: 1e6 }).execute();
  }
}

/** One a day, the latest an hour ago. */
async function insertBackups(
  sql: Sql,
  members: readonly Member[],
  accounts: readonly string[],
): Promise<void> {
  const rows = members.flatMap(({ id, account }) =>
    Array.from({ length: BACKUPS_OF_EACH }, (_, n) => {
      const at = new Date(Date.now() - n * DAY_MS - 60 * MINUTE_MS);
      const by = { id: idAt(at), operation_id: idAt(at), account_id: accounts[account] ?? "" };
      return {
        ...by,
        deployment_id: id,
        ...({ reason: "scheduled", state: "ready" } as const),
        image: IMAGE,
        created_at: at,
      };
    }),
  );
  for (let at = 0; at < rows.length; at += AT_ONCE)
    await sql
      .insertInto("backups")
      .values(rows.slice(at, at + AT_ONCE))
      .execute();
  await raw`insert into operations (id, deployment_id, kind, state, backup_id, attempt, created_at, started_at, finished_at)
    select operation_id, deployment_id, 'backup', 'succeeded', id, 1, created_at, created_at, created_at from backups`.execute(
    sql,
  );
  await raw`update deployments set operation_id = (select operation_id from backups
    where deployment_id = deployments.id order by id desc limit 1) where status in ('active', 'stopped')`.execute(
    sql,
  );
}

/** A key of an account that may read. */
export async function insertKey(sql: Sql, accountId: string): Promise<string> {
  const wanted = { name: "bench", scopes: ["read"], expiresAt: null } as const;
  return (await createKey(sql, accountId, wanted, { scopes: ["read"], endsAt: null })).text;
}

/** What Pulumi would have left of each stack. */
export function writeStacks(dataDir: string, members: readonly Member[]): void {
  const folder = join(dataDir, "state/.pulumi/stacks/berth");
  mkdirSync(folder, { recursive: true });
  for (const { id, address } of members) {
    if (address === null) continue;
    const urn = `urn:pulumi:${id}::berth::pulumi:pulumi:Stack::berth-${id}`;
    const latest = { manifest: {}, resources: [{ urn, type: "pulumi:pulumi:Stack", custom: false }] };
    const checkpoint = { version: 3, checkpoint: { stack: `organization/berth/${id}`, latest } };
    writeFileSync(join(folder, `${id}.json`), JSON.stringify(checkpoint));
    mkdirSync(join(dataDir, "stacks", id), { recursive: true });
  }
}

function isUsed({ status }: Pick<Member, "status">): boolean {
  return status === "active" || status === "stopped";
}
