// Asks active assistants every ten seconds whether people who write to them are answered, and why not. What they say goes
// into the status; no content of a message is asked for.
import { isDeepStrictEqual } from "node:util";
import { sql as raw } from "kysely";
import type { Logger } from "pino";
import { askProvider, type ModelApis, type Verdict } from "../../infra/assistant/model-apis.ts";
import { MODEL_PROVIDERS } from "../../infra/assistant/openclaw.ts";
import {
  type Address,
  type PluginStatus,
  readStatus,
  restartChannel,
} from "../../infra/assistant/plugin-calls.ts";
import { askTelegram } from "../../infra/assistant/telegram-api.ts";
import { someAtPace } from "../../infra/pace/pace.ts";
import { regularly } from "../async.ts";
import type { Cause } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import type { Conversation, Warning } from "../database/deployment-table.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { readModelKey } from "../deployments/model-key.ts";
import { addressOf } from "../deployments/plugin-address.ts";
import { readColumn } from "../deployments/secret-columns.ts";
import { isAtRest } from "../operations/operations.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import { isAnyAlive } from "../usage/alive.ts";
import { usesGateway } from "../usage/gateway-use.ts";
import { listSilent } from "../usage/silence.ts";
import {
  conversationCause,
  GATEWAY_AWAY,
  isModelFailing,
  nextConversation,
  noFirstByte,
  unlessFallingBack,
} from "./conversation-record.ts";
import { mayWait, recordPairings } from "./pairings.ts";

const PERIOD_MS = 10_000;
/** With more assistants than are asked in a period, each is asked less often. */
const ASKED = { atOnce: 8, aSecond: 15 } as const;
/** While a model fails, its provider is asked why so often at most. */
const ASK_PROVIDER_EVERY_MS = 60_000;

export interface ConversationParts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: StackSettings;
  /** Where providers and Telegram are asked; absent if they are not to be. */
  readonly modelApis: ModelApis | undefined;
  readonly telegramApi: string | undefined;
  readonly log: Logger;
}

/** What providers said of assistants whose model fails, and when (monotonic clock). */
export type Verdicts = Map<string, { readonly verdict: Verdict; readonly at: number }>;

/** Starts asking. The returned function ends that. */
export function watchConversations(parts: ConversationParts): () => Promise<void> {
  const verdicts: Verdicts = new Map();
  return regularly(PERIOD_MS, (signal) =>
    askAll(parts, verdicts, signal).catch((error: unknown) => {
      parts.log.error({ err: error }, "asking the assistants about their conversations failed");
    }),
  );
}

/** A deployment, and when its latest operation has ended, if that has succeeded. */
type Settled = Deployment & { readonly settled_at: Date | null };

/** Asks every active assistant that runs as it should. */
export async function askAll(
  parts: ConversationParts,
  verdicts: Verdicts,
  signal?: AbortSignal,
): Promise<void> {
  const active = await parts.sql
    .selectFrom("deployments")
    .leftJoin("operations", (join) =>
      join.onRef("operations.id", "=", "deployments.operation_id").on("operations.state", "=", "succeeded"),
    )
    .selectAll("deployments")
    .select("operations.finished_at as settled_at")
    .where("status", "=", "active")
    .where("seen", "is", null)
    .where(isAtRest)
    .execute();
  const silent = await listSilent(parts.sql);
  const askOne = (deployment: Settled) =>
    ask(parts, deployment, { verdicts, isSilent: silent.has(deployment.id) });
  await someAtPace(active, ASKED, askOne, signal);
}

/** What is known of an assistant's model besides what it says itself. */
interface OfItsModel {
  readonly verdicts: Verdicts;
  /** Whether the provider has not begun to answer one of its requests for long. */
  readonly isSilent: boolean;
}

async function ask(
  parts: ConversationParts,
  deployment: Settled,
  { verdicts, isSilent }: OfItsModel,
): Promise<void> {
  const address = await addressOf(parts.settings, parts.box, deployment);
  const read = address && (await readStatus(address));
  if (!address || !read) return;
  if (mayWait(deployment)) await recordPairings(parts.sql, deployment, address);
  const now = new Date();
  const reported = unlessFallingBack(read, deployment, now);
  const conversation = nextConversation(
    deployment.conversation,
    reported,
    deployment.model_provider ?? "the provider",
    now,
  );
  const status = withoutOldFailure(reported, deployment.settled_at);
  const verdict = await verdictOn(parts, deployment, status, verdicts);
  const found =
    conversationCause(status, conversation, deployment, verdict, now) ??
    (isSilent ? noFirstByte(deployment) : undefined);
  const cause =
    found?.code !== "BOT_REFUSED" && (await isGatewayAway(parts, deployment)) ? GATEWAY_AWAY : found;
  await record(parts, deployment, conversation, cause);
  if (status.channel.hasGivenUp) await tryAgain(parts, deployment, address);
}

async function isGatewayAway({ sql, settings }: ConversationParts, deployment: Deployment): Promise<boolean> {
  return usesGateway(settings, deployment) && !(await isAnyAlive(sql));
}

/** What failed before the assistant got its present settings says nothing of them. */
function withoutOldFailure(status: PluginStatus, settledAt: Date | null): PluginStatus {
  const isOld = settledAt !== null && (status.failure?.at ?? 0) < settledAt.getTime();
  return isOld ? { ...status, failure: null } : status;
}

async function verdictOn(
  { modelApis, settings, box }: ConversationParts,
  deployment: Deployment,
  status: PluginStatus,
  verdicts: Verdicts,
): Promise<Verdict> {
  if (!isModelFailing(status)) verdicts.delete(deployment.id);
  const modelProvider = MODEL_PROVIDERS.find((provider) => provider === deployment.model_provider);
  if (!isModelFailing(status) || !modelApis || !modelProvider) return "no answer";
  const known = verdicts.get(deployment.id);
  if (known && performance.now() - known.at < ASK_PROVIDER_EVERY_MS) return known.verdict;
  const key = readModelKey(settings, box, deployment)?.reveal();
  if (!key) return "no answer";
  const { model_id, base_url } = deployment;
  const asked = { modelProvider, modelId: model_id ?? "", key, baseUrl: base_url ?? undefined };
  const verdict = await askProvider(modelApis, asked);
  verdicts.set(deployment.id, { verdict, at: performance.now() });
  return verdict;
}

/** Telegram may have refused the token once only: OpenClaw would stay away for ever. */
async function tryAgain(
  { telegramApi, box, log }: ConversationParts,
  deployment: Deployment,
  address: Address,
): Promise<void> {
  const token = readColumn(box, deployment, "telegram_bot_token")?.reveal();
  if (telegramApi === undefined || !token) return;
  if ((await askTelegram(telegramApi, token)) !== "accepted") return;
  await restartChannel(address).then(
    () => log.info({ deployment: deployment.id }, "Telegram takes the bot's token again: channel restarted"),
    (error: unknown) => log.warn({ err: error, deployment: deployment.id }, "the channel was not restarted"),
  );
}

/** Writes a change down, if the deployment is still what was read. */
async function record(
  { sql, log }: ConversationParts,
  read: Deployment,
  conversation: Conversation,
  cause: Cause | undefined,
): Promise<void> {
  const before = read.conversation_warning;
  const isSameCause = before?.cause.code === cause?.code;
  const since = before && isSameCause ? before.since : new Date().toISOString();
  const warning: Warning | null = cause ? { cause, since } : null;
  const isSame =
    isDeepStrictEqual(conversation, read.conversation) && before?.cause.message === cause?.message;
  if (isSame) return;
  await sql
    .updateTable("deployments")
    .set({
      conversation: JSON.stringify(conversation),
      conversation_warning: warning && JSON.stringify(warning),
      // What its provider said before may be over.
      ...(before && !cause && { model_check_at: raw<Date>`now()` }),
    })
    .where("id", "=", read.id)
    .where("status", "=", "active")
    .where("operation_id", "is not distinct from", read.operation_id)
    .execute();
  if (!isSameCause)
    log.info({ deployment: read.id, warning: cause?.code ?? null }, "an assistant's conversation changed");
}
