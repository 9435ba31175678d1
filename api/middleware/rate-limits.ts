// Budgets of calls a minute: of each key and of its account, for reads and for changes; of each address for wrong keys.
// Answers name them in the headers of the IETF draft ratelimit-headers. Changes are counted in PostgreSQL where there is one, so that
// several processes share the budget; reads and wrong keys in this process's memory, so that counting costs no statement.
import type { Request, RequestHandler, Response } from "express";
import ipaddr from "ipaddr.js";
import { CompiledQuery } from "kysely";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { counted } from "../../infra/sentences.ts";
import type { Database, Sql } from "../../stacks/database/database.ts";
import { BerthError } from "../../stacks/errors.ts";
import type { RateSettings } from "../config/limits.ts";
import { callerOf } from "./caller.ts";

const WINDOW_SECONDS = 60;

export interface Budget {
  /** @throws BerthError RATE_LIMITED when nothing is left of it. */
  spend(key: string, response: Response): Promise<void>;
}

export type Budgets = Readonly<Record<keyof RateSettings, Budget>>;

export function openBudgets(rates: RateSettings, database: Database): Budgets {
  const shared = database.kind === "postgres" ? database.sql : undefined;
  return {
    reads: budget("reads", rates.reads),
    writes: budget("writes", rates.writes, shared),
    accountReads: budget("account-reads", rates.accountReads, undefined, "when refused"),
    accountWrites: budget("account-writes", rates.accountWrites, shared, "when refused"),
    wrongKeys: budget("wrong-keys", rates.wrongKeys),
  };
}

/** Counts a call against the budget of its key, and that of its account. */
export function limitCalls(budgets: Budgets): RequestHandler {
  return async (request, response, next) => {
    await countCall(budgets, request, response);
    next();
  };
}

/** @throws BerthError RATE_LIMITED when one of the two has nothing left */
export async function countCall(budgets: Budgets, request: Request, response: Response): Promise<void> {
  const isRead = request.method === "GET" || request.method === "HEAD";
  const { accountId, keyId } = callerOf(response);
  await (isRead ? budgets.reads : budgets.writes).spend(keyId, response);
  await (isRead ? budgets.accountReads : budgets.accountWrites).spend(accountId, response);
}

/** Whom a wrong key is counted against: an IPv6 customer has a whole /64. */
export function addressGroup(address: string | undefined): string {
  if (!address || !ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/64`).toString();
}

/** @param headers when they are set: of two budgets of a call, they name the one that is left or that refuses */
function budget(
  name: string,
  points: number,
  shared?: Sql,
  headers: "always" | "when refused" = "always",
): Budget {
  if (points === 0) return { spend: async () => {} };
  const options = { points, duration: WINDOW_SECONDS, keyPrefix: name };
  const limiter = shared
    ? new RateLimiterPostgres({
        ...options,
        storeClient: asClient(shared),
        storeType: "client",
        tableName: "rate_limits",
        tableCreated: true,
        clearExpiredByTimeout: false,
        inMemoryBlockOnConsumed: points,
      })
    : new RateLimiterMemory(options);
  return {
    async spend(key, response) {
      const state = await limiter.consume(key).catch((refused: unknown) => {
        if (refused instanceof RateLimiterRes) return { refused };
        throw refused;
      });
      const isRefused = "refused" in state;
      if (!isRefused && headers === "when refused") return;
      const { remainingPoints, msBeforeNext } = isRefused ? state.refused : state;
      const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
      response.set("RateLimit-Policy", `"${name}";q=${points};w=${WINDOW_SECONDS}`);
      response.set("RateLimit", `"${name}";r=${isRefused ? 0 : remainingPoints};t=${seconds}`);
      if (!isRefused) return;
      response.set("Retry-After", String(seconds));
      throw new BerthError(
        "RATE_LIMITED",
        `More than ${counted(points, "call")} a minute (${name}). Nothing was changed; try again in ${seconds} s.`,
      );
    },
  };
}

/** Hands the limiter's statements to the pool that everything else uses. */
function asClient(sql: Sql) {
  return {
    query: ({ text, values }: { text: string; values: unknown[] }) =>
      sql.executeQuery(CompiledQuery.raw(text, values)),
  };
}
