// The audit trail: a row for every call. Rows are written in batches beside the calls; one that finds no room, because
// the database is away or too slow, is counted and not waited for.
import { sql as raw, type Selectable } from "kysely";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import type { Sql } from "../database/database.ts";
import { cutPage, type Page } from "../database/pages.ts";
import type { AuditTable } from "../database/schema.ts";

const WRITE_EVERY_MS = 250;
const BATCH = 1_000;
const ROOM = 10_000;

export type AuditRow = Selectable<AuditTable>;
export type AuditCall = Omit<AuditRow, "id" | "at">;
/** With its account's name. */
export type ListedAuditRow = AuditRow & { readonly account: string | null };

export class AuditTrail {
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #waiting: AuditRow[] = [];
  #dropped = 0;
  #isBehind = false;
  #writing: Promise<void> | undefined;

  constructor(sql: Sql, log: Logger) {
    this.#sql = sql;
    this.#log = log;
    this.#timer = setInterval(() => void this.#write(), WRITE_EVERY_MS).unref();
  }

  add(call: AuditCall): void {
    if (this.#waiting.length >= ROOM) this.#dropped++;
    else this.#waiting.push({ id: uuidv7(), at: new Date(), ...call });
  }

  /** Writes what is waiting. What the database does not take is lost, and logged. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.#write();
    this.#dropped += this.#waiting.length;
    this.#logDropped();
  }

  async #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.slice(0, BATCH);
        await insert(this.#sql, batch);
        this.#waiting = this.#waiting.slice(batch.length);
      }
      this.#isBehind = false;
      this.#logDropped();
    } catch (error) {
      if (!this.#isBehind) this.#log.warn({ err: error }, "audit rows can't be written; they wait");
      this.#isBehind = true;
    }
  }

  #logDropped(): void {
    if (this.#dropped > 0) this.#log.error({ count: this.#dropped }, "audit rows were lost");
    this.#dropped = 0;
  }
}

/** One parameter for any number of rows. A batch whose end was not seen is written again: its ids are known then. */
async function insert(sql: Sql, batch: readonly AuditRow[]): Promise<void> {
  await raw`
    insert into audit
      (id, at, account_id, key_id, session_id, method, route, deployment_id, status, error_code, request_id, address)
    select id, at, account_id, key_id, session_id, method, route, deployment_id, status, error_code, request_id, address
    from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as call
      (id uuid, at timestamptz, account_id uuid, key_id text, session_id uuid, method text, route text,
       deployment_id uuid, status integer, error_code text, request_id text, address text)
    on conflict (id) do nothing`.execute(sql);
}

/** Which rows; all of them where nothing is said. */
export interface AuditFilter {
  readonly kind?: "read" | "change" | undefined;
  readonly outcome?: "done" | "refused" | undefined;
  readonly key?: string | undefined;
  readonly deployment?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

const READS = ["GET", "HEAD"];
const FIRST_REFUSAL = 400;

/** Of one account, or of all and of unknown callers; newest first. */
export async function listAudit(
  sql: Sql,
  accountId: string | undefined,
  { kind, outcome, key, deployment, from, to }: AuditFilter,
  page: Page,
): Promise<{ rows: ListedAuditRow[]; nextCursor: string | null }> {
  let query = sql
    .selectFrom("audit")
    .leftJoin("accounts", "accounts.id", "audit.account_id")
    .selectAll("audit")
    .select("accounts.name as account");
  if (accountId) query = query.where("audit.account_id", "=", accountId);
  if (kind) query = query.where("audit.method", kind === "read" ? "in" : "not in", READS);
  if (outcome) query = query.where("audit.status", outcome === "done" ? "<" : ">=", FIRST_REFUSAL);
  if (key) query = query.where("audit.key_id", "=", key);
  if (deployment) query = query.where("audit.deployment_id", "=", deployment);
  if (from) query = query.where("audit.at", ">=", from);
  if (to) query = query.where("audit.at", "<", to);
  if (page.cursor) query = query.where("audit.id", "<", page.cursor);
  const found = await query
    .orderBy("audit.id", "desc")
    .limit(page.limit + 1)
    .execute();
  return cutPage(found, page);
}
