// What the providers' lists say of models: read by Berth, kept, and given to assistants, which otherwise know only the models
// that were known when they were built.
import { setTimeout as sleep } from "node:timers/promises";
import { describeModel } from "../../infra/assistant/describe-model.ts";
import type { ModelApis } from "../../infra/assistant/model-apis.ts";
import {
  COMPATIBLE,
  type KnownModel,
  MODEL_PROVIDERS,
  type ModelFacts,
  modelName,
} from "../../infra/assistant/openclaw.ts";
import { msSince } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment } from "./deployments.ts";
import { fallbacksOf } from "./fallback-models.ts";
import { modelKey, modelProvider } from "./model-key.ts";

/** A list that does not answer holds nothing up for longer. */
const PATIENCE_MS = 1_500;
const DAY_MS = 24 * 3_600_000;

export interface FactParts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: Pick<StackSettings, "modelKeys">;
  readonly modelApis: ModelApis | undefined;
}

type WithModels = Pick<Deployment, "model_provider" | "model_id" | "base_url" | "fallback_models">;

/** A row of the table. */
interface Key {
  readonly provider: string;
  readonly model_id: string;
}

/** What was last read of the deployment's model; undefined if nothing ever was. */
export async function readFacts(sql: Sql, deployment: WithModels): Promise<ModelFacts | undefined> {
  const key = keyOf(deployment, deployment.model_id);
  return key && (await find(sql, key))?.facts;
}

/** The same of the models that answer in its place; undefined for a deployment that never had any. */
export async function readFallbacks(sql: Sql, deployment: WithModels): Promise<KnownModel[] | undefined> {
  if (deployment.fallback_models === null) return undefined;
  return Promise.all(
    fallbacksOf(deployment).map(async (id) => {
      const key = keyOf(deployment, id);
      return { id, facts: key && (await find(sql, key))?.facts };
    }),
  );
}

/** Reads them again if they are missing or older than a day. What comes too late is there for the next time. */
export async function learnFacts(parts: FactParts, deployment: Deployment): Promise<void> {
  const due: Key[] = [];
  for (const id of [deployment.model_id, ...fallbacksOf(deployment)]) {
    const key = keyOf(deployment, id);
    const known = key && (await find(parts.sql, key));
    if (key && !(known && msSince(known.read_at) < DAY_MS)) due.push(key);
  }
  const read = Promise.all(due.map((key) => readAnew(parts, deployment, key).catch(() => {})));
  await Promise.race([read, sleep(PATIENCE_MS, undefined, { ref: false })]);
}

async function readAnew(
  { sql, box, settings, modelApis }: FactParts,
  deployment: Deployment,
  key: Key,
): Promise<void> {
  if (!modelApis) return;
  const secret = modelKey(settings as StackSettings, box, deployment)?.reveal();
  if (!secret) return;
  const facts = await describeModel(modelApis, {
    modelProvider: modelProvider(deployment),
    modelId: key.model_id,
    key: secret,
    baseUrl: deployment.base_url ?? undefined,
  });
  if (!facts) return;
  const row = { facts: JSON.stringify(facts), read_at: new Date() };
  await sql
    .insertInto("model_facts")
    .values({ ...key, ...row })
    .onConflict((conflict) => conflict.columns(["provider", "model_id"]).doUpdateSet(row))
    .execute();
}

async function find(sql: Sql, { provider, model_id }: Key) {
  return sql
    .selectFrom("model_facts")
    .select(["facts", "read_at"])
    .where("provider", "=", provider)
    .where("model_id", "=", model_id)
    .executeTakeFirst();
}

/** One name means different models at different servers. */
function keyOf({ model_provider, base_url }: WithModels, id: string | null): Key | undefined {
  const name = MODEL_PROVIDERS.find((one) => one === model_provider);
  if (!name || id === null) return undefined;
  return { provider: name === COMPATIBLE ? `${name} ${base_url}` : name, model_id: modelName(name, id) };
}
