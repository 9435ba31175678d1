// What a client may see of a record. Secrets show their last four characters at most.
import type { z } from "zod";
import type { Warning } from "../../stacks/database/deployment-table.ts";
import type { Deployment } from "../../stacks/deployments/deployments.ts";
import { wantedImage } from "../../stacks/deployments/images.ts";
import { shownOutputs } from "../../stacks/deployments/outputs.ts";
import { readColumn, type SecretColumn, unreadableColumns } from "../../stacks/deployments/secret-columns.ts";
import type { Operation } from "../../stacks/operations/operations.ts";
import { checkoutUrl } from "../../stacks/payments/payments.ts";
import type { SecretBox } from "../../stacks/secret.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import { NO_CONVERSATION } from "../../stacks/watch/conversation-record.ts";
import type * as answers from "../contract/answers.ts";
import { allowedCalls, type CallParts } from "./allowed-calls.ts";

export interface ViewParts extends CallParts {
  readonly box: SecretBox;
}

/** Fields in which a client sends a secret. The other tokens are Berth's own: the next start makes others. */
const SENT_AS = {
  telegram_bot_token: "telegramBotToken",
  model_api_key: "modelApiKey",
  gateway_token: undefined,
  model_token: undefined,
} as const;

export function deploymentView(parts: ViewParts, deployment: Deployment): z.infer<typeof answers.Deployment> {
  const masked = (column: SecretColumn) => readColumn(parts.box, deployment, column)?.masked ?? null;
  return {
    deploymentId: deployment.id,
    status: deployment.status,
    apiMode: deployment.api_mode,
    region: deployment.region,
    checkoutUrl: checkoutUrl(parts, deployment),
    name: deployment.name,
    modelProvider: deployment.model_provider,
    modelId: deployment.model_id,
    baseUrl: deployment.base_url,
    fallbackModels: deployment.fallback_models,
    modelApiKey: masked("model_api_key"),
    telegramBotToken: masked("telegram_bot_token"),
    unreadableSecrets: unreadableColumns(parts.box, deployment).flatMap((column) => SENT_AS[column] ?? []),
    allowFrom: deployment.allow_from,
    callbackUrl: deployment.callback_url,
    limits: deployment.model_limits,
    callbackDisabledAt: deployment.callback_disabled_at,
    image: imageView(parts.settings, deployment),
    outputs: shownOutputs(deployment.outputs) ?? null,
    calls: allowedCalls(parts, deployment),
    createdAt: deployment.created_at,
    updatedAt: deployment.updated_at,
  };
}

export function imageView(
  settings: StackSettings,
  deployment: Deployment,
): z.infer<typeof answers.Deployment>["image"] {
  return {
    reference: wantedImage(settings, deployment),
    isCustom: deployment.image !== null,
    pinned: deployment.pinned_image,
    rolledBackFrom: deployment.rolled_back_from,
  };
}

export function operationView(operation: Operation): z.infer<typeof answers.Operation> {
  return {
    id: operation.id,
    kind: operation.kind,
    state: operation.state,
    createdAt: operation.created_at,
    startedAt: operation.started_at,
    finishedAt: operation.finished_at,
    error: operation.error,
  };
}

/** The answer to GET /:id/status. */
export function statusView(
  parts: CallParts,
  deployment: Deployment,
  operation: Operation | undefined,
): z.infer<typeof answers.DeploymentStatus> {
  const { channel, ...messages } = deployment.conversation ?? NO_CONVERSATION;
  return {
    deploymentId: deployment.id,
    status: deployment.status,
    operation: operation ? operationView(operation) : null,
    outputs: shownOutputs(deployment.outputs) ?? null,
    drift: drift(deployment),
    warning: warning(deployment),
    channel: deployment.status === "active" ? channel : null,
    ...messages,
    calls: allowedCalls(parts, deployment),
    updatedAt: deployment.updated_at,
  };
}

/** Of an active one. There is room for one: its sentence names the others. */
export function warning(deployment: Deployment): Warning | null {
  if (deployment.status !== "active") return null;
  const {
    limit_warning,
    state_warning,
    conversation_warning,
    warning: own,
    model_warning,
    remark,
  } = deployment;
  // The provider is asked both ways: what a conversation has met says more.
  const isTwice = conversation_warning?.cause.code === model_warning?.cause.code;
  const model = isTwice ? null : model_warning;
  const all = [limit_warning, state_warning, conversation_warning, own, model, remark];
  const [first, ...others] = all.filter((one) => one !== null);
  if (!first) return null;
  const besides = others.map(({ cause }) => ` Besides (${cause.code}): ${cause.message}`);
  return { since: first.since, cause: { ...first.cause, message: first.cause.message + besides.join("") } };
}

/** The answer to a call that was accepted and is now being carried out. */
export function acceptedView(
  status: Deployment["status"],
  operation: Operation,
): z.infer<typeof answers.Accepted> {
  return { deploymentId: operation.deployment_id, status, operationId: operation.id };
}

/** What was asked for against what was seen, of a deployment on which no operation runs. */
export function drift({
  status,
  outputs,
  seen,
  updated_at,
}: Deployment): z.infer<typeof answers.DeploymentStatus>["drift"] {
  if (status !== "active" && status !== "stopped") return null;
  const expected = { status, replicas: status === "active" ? 1 : 0 } as const;
  const reported = outputs?.status ?? "nothing";
  if (reported === status) return seen && { expected, seen };
  const detail = `Its stack last reported ${reported}.`;
  return { expected, seen: { state: "changed", detail, since: updated_at.toISOString() } };
}
