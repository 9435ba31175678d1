// What an assistant shows to the model gateway in place of a key: `brm_…`. It is worth nothing anywhere else.
import { createHash, randomBytes } from "node:crypto";
import type { Sql } from "../database/database.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { readColumn, sealColumn } from "../deployments/secret-columns.ts";
import type { SecretBox } from "../secret.ts";
import { usesGateway, type WithGateway } from "./gateway-use.ts";

const FORM = /^brm_[A-Za-z0-9_-]{43}$/;

/** SHA-256 of a token, in hex; undefined for what can be none. A slow hash would add nothing: 256 random bits can't be guessed. */
export function hashOfToken(text: string): string | undefined {
  return FORM.test(text) ? createHash("sha256").update(text).digest("hex") : undefined;
}

/**
 * The deployment with the token that its assistant is to have: a new one unless the container that has it runs on. The
 * one before works until the operation has ended. Without the gateway it has none.
 */
export async function withModelToken(
  sql: Sql,
  { box, settings }: { readonly box: SecretBox; readonly settings: WithGateway },
  deployment: Deployment,
): Promise<Deployment> {
  const { id, model_token, outputs } = deployment;
  if (!usesGateway(settings, deployment)) {
    if (model_token === null) return deployment;
    await sql.updateTable("deployments").set({ model_token: null }).where("id", "=", id).execute();
    return { ...deployment, model_token: null };
  }
  // One that can't be opened any more is of no use to a redeploy.
  const isKept = outputs?.replicas === 1 && readColumn(box, deployment, "model_token") !== undefined;
  if (isKept) return deployment;
  const text = `brm_${randomBytes(32).toString("base64url")}`;
  const sealed = sealColumn(box, id, "model_token", text);
  await sql.transaction().execute(async (trx) => {
    await trx.updateTable("deployments").set({ model_token: sealed }).where("id", "=", id).execute();
    await trx
      .insertInto("model_tokens")
      .values({ hash: hashOfToken(text) ?? "", deployment_id: id })
      .execute();
    await trx
      .insertInto("model_spend")
      .values({ deployment_id: id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
  return { ...deployment, model_token: sealed };
}

/** Ends all tokens of a deployment but the newest; all of them if it has none any more. Call it as an operation ends. */
export async function endFormerTokens(trx: Sql, deploymentId: string): Promise<void> {
  const newest = trx
    .selectFrom("model_tokens as one")
    .innerJoin("deployments", "deployments.id", "one.deployment_id")
    .select("one.hash")
    .where("one.deployment_id", "=", deploymentId)
    .where("deployments.model_token", "is not", null)
    .orderBy("one.created_at", "desc")
    .limit(1);
  await trx
    .deleteFrom("model_tokens")
    .where("deployment_id", "=", deploymentId)
    .where("hash", "not in", newest)
    .execute();
}
