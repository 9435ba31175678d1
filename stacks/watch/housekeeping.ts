// Forgets what has been kept long enough, so that an installation that runs for years does not fill its database.
import { sql as raw } from "kysely";
import type { Logger } from "pino";
import { ANSWERS_KEPT_HOURS } from "../accounts/idempotency-keys.ts";
import { forgetSessions } from "../accounts/manage-sessions.ts";
import { forgetLinks } from "../accounts/sign-in-links.ts";
import { regularly } from "../async.ts";
import type { Sql } from "../database/database.ts";
import { forgetSamples } from "../deployments/samples.ts";

const EVERY_MS = 10 * 60_000;
const AUDIT_KEPT_DAYS = 90;
const ENDED_KEYS_KEPT_DAYS = 90;

/** Forgets now and every ten minutes. The returned function stops that. */
export function forgetRegularly(sql: Sql, log: Logger): () => Promise<void> {
  return regularly(EVERY_MS, () =>
    forgetOld(sql).catch((error: unknown) => log.error({ err: error }, "forgetting old rows failed")),
  );
}

/** Deletes old audit rows, answers of idempotent calls, ended keys, sessions and links, rate limits, and what assistants have used. */
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
  await sql.deleteFrom("rate_limits").where("expire", "<", String(Date.now())).execute();
}

function hoursAgo(hours: number) {
  return raw<Date>`now() - make_interval(hours => ${hours})`;
}
