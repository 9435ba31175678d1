// Asks active assistants every half minute whether what they should do works. What does not, a bot token that Telegram
// refuses for example, is a warning in their status: the assistant runs, and nothing is called failed because of it.
import { sql as raw } from "kysely";
import type { Logger } from "pino";
import { askReadiness, type Readiness } from "../../infra/assistant/readiness.ts";
import { someAtPace } from "../../infra/pace/pace.ts";
import { regularly } from "../async.ts";
import type { Cause } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import type { Warning } from "../database/deployment-table.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { addressOf } from "../deployments/plugin-address.ts";
import { redaction } from "../deployments/redaction.ts";
import { isAtRest } from "../operations/operations.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";

const PERIOD_MS = 30_000;
/** With more assistants than are asked in a period, each is asked less often. */
const ASKED = { atOnce: 8, aSecond: 10 } as const;

interface Parts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: Pick<StackSettings, "modelKeys" | "places">;
  readonly log: Logger;
}

/** Starts asking. The returned function ends that. */
export function watchReadiness(parts: Parts): () => Promise<void> {
  const silent = new Set<string>();
  return regularly(PERIOD_MS, (signal) =>
    askAll(parts, silent, signal).catch((error: unknown) => {
      parts.log.error({ err: error }, "asking the assistants whether they are ready failed");
    }),
  );
}

/**
 * Asks every active assistant that runs as it should. `silent` are those that did not answer the last time: one that is
 * busy for two seconds is no cause for a warning.
 */
export async function askAll(parts: Parts, silent: Set<string>, signal?: AbortSignal): Promise<void> {
  const active = await parts.sql
    .selectFrom("deployments")
    .selectAll()
    .where("status", "=", "active")
    .where("seen", "is", null)
    .where(isAtRest)
    .execute();
  await someAtPace(active, ASKED, (deployment) => ask(parts, deployment, silent), signal);
}

async function ask(parts: Parts, deployment: Deployment, silent: Set<string>): Promise<void> {
  const address = await addressOf(parts.settings, parts.box, deployment);
  if (!address) return;
  const readiness = await askReadiness(address);
  const isFirstSilence = readiness === "no answer" && !silent.has(deployment.id);
  if (readiness === "no answer") silent.add(deployment.id);
  else silent.delete(deployment.id);
  if (isFirstSilence) return;
  const cause = causeOf(readiness);
  const message = cause && redaction(parts, deployment)(cause.message);
  const redacted = cause && message ? { ...cause, message } : undefined;
  if (await recordWarning(parts.sql, deployment, redacted))
    parts.log.info({ deployment: deployment.id, warning: redacted?.code ?? null }, "readiness changed");
}

function causeOf(readiness: Readiness): Cause | undefined {
  if (readiness === "ready" || readiness === "unknown") return undefined;
  if (readiness === "no answer")
    return { code: "NO_ANSWER", message: "The assistant's container runs, but does not answer." };
  const { failing } = readiness;
  const what = failing.length > 0 ? `: ${failing.join(", ")} does not work` : "";
  const advice = failing.includes("telegram")
    ? " Its bot token may be wrong or revoked: PATCH telegramBotToken."
    : "";
  return { code: "NOT_READY", message: `The assistant runs, but says that it is not ready${what}.${advice}` };
}

/** Writes a change down, if the deployment is still what was read. False if there was nothing to write. */
async function recordWarning(sql: Sql, read: Deployment, cause: Cause | undefined): Promise<boolean> {
  const before = read.warning;
  if (before?.cause.message === cause?.message) return false;
  const since = before && before.cause.code === cause?.code ? before.since : new Date().toISOString();
  const warning: Warning | null = cause ? { cause, since } : null;
  const written = await sql
    .updateTable("deployments")
    .set({ warning: warning && JSON.stringify(warning) })
    .where("id", "=", read.id)
    .where("status", "=", "active")
    .where("operation_id", "=", read.operation_id)
    .where(raw<boolean>`warning is not distinct from ${before && JSON.stringify(before)}::jsonb`)
    .returning("id")
    .execute();
  return written.length > 0;
}
