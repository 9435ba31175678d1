// What all assistants have used of their models since ever, for monitoring, which reads it every few seconds: of days that are
// over it is added up once an hour.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { MICRODOLLARS } from "./limits.ts";

const ADDED_UP_EVERY_MS = 3_600_000;

interface ProviderTotal {
  readonly provider: string;
  readonly requests: number;
  readonly tokens: number;
  readonly usd: number;
}

export interface ModelTally {
  readonly totals: readonly ProviderTotal[];
  readonly openRequests: number;
}

interface Past {
  /** Days before this one, `2026-11-29`. */
  readonly before: string;
  readonly totals: readonly ProviderTotal[];
  readonly at: number;
}

export class ModelTallies {
  readonly #sql: Sql;
  #past: Past | undefined;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** @throws Error of the database */
  async take(now = new Date()): Promise<ModelTally> {
    // What began yesterday may be counted today.
    const before = new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10);
    const past = await this.#before(before, now);
    const present = await this.#sum(raw`day >= ${before}::date`);
    const { rows } = await raw<{ count: number }>`
      select coalesce(sum(open_requests), 0)::float8 as count from model_spend where open_requests > 0`.execute(
      this.#sql,
    );
    return { totals: added([...past, ...present]), openRequests: rows[0]?.count ?? 0 };
  }

  async #before(before: string, now: Date): Promise<readonly ProviderTotal[]> {
    const isYoung = this.#past && now.getTime() - this.#past.at < ADDED_UP_EVERY_MS;
    if (!isYoung || this.#past?.before !== before)
      this.#past = { before, at: now.getTime(), totals: await this.#sum(raw`day < ${before}::date`) };
    return this.#past.totals;
  }

  async #sum(which: ReturnType<typeof raw>): Promise<ProviderTotal[]> {
    const { rows } = await raw<ProviderTotal>`
      select provider, sum(requests) as requests, sum(counted_tokens) as tokens,
        sum(microdollars) / ${MICRODOLLARS}::float8 as usd
      from model_usage_days where ${which} group by provider`.execute(this.#sql);
    return rows;
  }
}

function added(parts: readonly ProviderTotal[]): ProviderTotal[] {
  return [...Map.groupBy(parts, ({ provider }) => provider)].map(([provider, those]) => {
    const sum = (name: "requests" | "tokens" | "usd") => those.reduce((total, one) => total + one[name], 0);
    return { provider, requests: sum("requests"), tokens: sum("tokens"), usd: sum("usd") };
  });
}
