// Asks each active assistant's model provider whether it takes the key and has its models: once it has become active, and
// daily. OpenClaw starts with a key that nobody takes, and fails only when somebody writes to it.
import { sql as raw } from "kysely";
import type { Logger } from "pino";
import { askProvider, type ModelApis } from "../../infra/assistant/model-apis.ts";
import { MODEL_PROVIDERS } from "../../infra/assistant/openclaw.ts";
import { regularly } from "../async.ts";
import type { Sql } from "../database/database.ts";
import type { Warning } from "../database/deployment-table.ts";
import { claimDue, hasCome } from "../deployments/claim-due.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { fallbacksOf } from "../deployments/fallback-models.ts";
import { readModelKey } from "../deployments/model-key.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import { modelCause } from "./model-cause.ts";

const LOOK_EVERY_MS = 2_000;
const ASKED_AT_ONCE = 8;
/** While it is not known to work, it is asked for more often. */
const HOURS_UNTIL_NEXT = { accepted: 24, otherwise: 1 } as const;
const IS_DUE = raw<boolean>`status = 'active' and ${hasCome("model_check_at", 2 * HOURS_UNTIL_NEXT.accepted)}`;

interface Parts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: StackSettings;
  readonly modelApis: ModelApis;
  readonly log: Logger;
}

/** Starts asking. The returned function ends that. */
export function watchModels(parts: Parts): () => Promise<void> {
  return regularly(LOOK_EVERY_MS, () =>
    askDue(parts).catch((error: unknown) => {
      parts.log.error({ err: error }, "asking the model providers failed");
    }),
  );
}

/** Asks for those that are due, of which other workers then ask for none. */
export async function askDue(parts: Parts): Promise<void> {
  const claimed = await claimDue(parts.sql, "model_check_at", IS_DUE, {
    to: hoursFromNow(HOURS_UNTIL_NEXT.otherwise),
    limit: ASKED_AT_ONCE,
  });
  await Promise.all(claimed.map((deployment) => ask(parts, deployment)));
}

async function ask({ sql, box, settings, modelApis, log }: Parts, deployment: Deployment): Promise<void> {
  const modelProvider = MODEL_PROVIDERS.find((provider) => provider === deployment.model_provider);
  const key = modelProvider && readModelKey(settings, box, deployment)?.reveal();
  if (!modelProvider || !key) return;
  const models = [deployment.model_id ?? "", ...fallbacksOf(deployment)];
  const baseUrl = deployment.base_url ?? undefined;
  const asked = models.map((modelId) => askProvider(modelApis, { modelProvider, modelId, key, baseUrl }));
  const verdicts = await Promise.all(asked);
  if (verdicts[0] === "no answer") return;
  const cause = modelCause(settings, deployment, verdicts);
  const before = deployment.model_warning;
  const since = before && before.cause.code === cause?.code ? before.since : new Date().toISOString();
  const warning: Warning | null = cause ? { cause, since } : null;
  await sql
    .updateTable("deployments")
    .set({
      model_warning: warning && JSON.stringify(warning),
      ...(!cause && { model_check_at: hoursFromNow(HOURS_UNTIL_NEXT.accepted) }),
    })
    .where("id", "=", deployment.id)
    .where("status", "=", "active")
    .where("operation_id", "=", deployment.operation_id)
    .execute();
  if (before?.cause.code === cause?.code) return;
  const { id, api_mode: apiMode } = deployment;
  const isOperators = cause && apiMode !== "byok";
  log[isOperators ? "warn" : "info"](
    { deployment: id, apiMode, modelProvider, warning: cause?.code ?? null },
    "what the model's provider says of an assistant's key and model changed",
  );
}

function hoursFromNow(hours: number) {
  return raw<Date>`now() + make_interval(hours => ${hours})`;
}
