// Forgets what has been kept long enough, so that an installation that runs for years does not fill its database.
import { sql as raw } from "kysely";
import type { Logger } from "pino";
import { ANSWERS_KEPT_HOURS } from "../accounts/idempotency-keys.ts";
import { forgetSessions } from "../accounts/manage-sessions.ts";
import { forgetLinks } from "../accounts/sign-in-links.ts";
import { regularly } from "../async.ts";
import { SteadyClock } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { databaseTime } from "../database/recent.ts";
import { forgetSamples } from "../deployments/samples.ts";
import { forgetRequests } from "../usage/forget.ts";

const EVERY_MS = 10 * 60_000;
const AUDIT_KEPT_DAYS = 90;
const ENDED_KEYS_KEPT_DAYS = 90;

/** Forgets every ten minutes, once the clock has gone steadily. The returned function stops that. */
export function forgetRegularly(sql: Sql, log: Logger): () => Promise<void> {
  const clock = new SteadyClock((ms) =>
    log.warn({ seconds: Math.round(ms / 1000) }, "the clock has jumped: nothing is deleted for an hour"),
  );
  return regularly(EVERY_MS, () =>
    forgetOnce(sql, clock).catch((error: unknown) => log.error({ err: error }, "forgetting old rows failed")),
  );
}

/** A clock that is wrong for a while must not make everything old. */
export async function forgetOnce(sql: Sql, clock: Pick<SteadyClock, "isSteady">): Promise<void> {
  if (clock.isSteady(await databaseTime(sql))) await forgetOld(sql);
}

/**
 * Deletes old audit rows, answers of idempotent calls, ended keys, sessions and links, rate limits, and what assistants have
 * used and asked.
 */
export async function forgetOld(sql: Sql): Promise<void> {
  await sql
    .deleteFrom("audit")
    .where("at", "<", hoursAgo(AUDIT_KEPT_DAYS * 24))
    .execute();
  await sql.deleteFrom("idempotency_keys").where("created_at", "<", hoursAgo(ANSWERS_KEPT_HOURS)).execute();
  const longAgo = hoursAgo(ENDED_KEYS_KEPT_DAYS * 24);
  await sql
    .deleteFrom("api_keys")
    .where((is) => is.or([is("expires_at", "<", longAgo), is("revoked_at", "<", longAgo)]))
    .execute();
  await forgetSessions(sql);
  await forgetLinks(sql);
  await forgetSamples(sql);
  await forgetRequests(sql);
  await sql.deleteFrom("rate_limits").where("expire", "<", String(Date.now())).execute();
}

function hoursAgo(hours: number) {
  return raw<Date>`now() - make_interval(hours => ${hours})`;
}
