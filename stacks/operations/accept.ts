// Accepting calls: the deployment's transition, the operation and its job, all in one transaction or not at all.
import { sql as raw } from "kysely";
import type { Logger } from "pino";
import type { Sql } from "../database/database.ts";
import { handOutNeeded } from "../deployments/addresses.ts";
import { type BotCheck, type BotParts, checkStoredToken } from "../deployments/bot-check.ts";
import { claimBot } from "../deployments/bots.ts";
import { type Deployment, type DeploymentChange, getDeployment, move } from "../deployments/deployments.ts";
import { sealColumn, unreadableColumns } from "../deployments/secret-columns.ts";
import { BerthError } from "../errors.ts";
import { allows, LIFECYCLE } from "../lifecycle.ts";
import { deleteAtOnce, wasNeverBegun } from "./delete-at-once.ts";
import { enqueue, type LifecycleContext, type Requester } from "./enqueue.ts";
import { assertMayQueue } from "./live-limit.ts";
import { findWithOperation, LIVE, listRestored, type Operation } from "./operations.ts";
import { changesAssistant, revertsOf } from "./reverts.ts";

/** What is needed to accept calls that start an assistant, and with it its bot. */
export interface StartContext extends LifecycleContext, BotParts {
  readonly log: Logger;
}

/** A call that needs nothing but its transition, and perhaps a change of the record. */
interface CallToAccept {
  readonly by: Requester;
  readonly deploymentId: string;
  readonly call: "upgrade" | "stop" | "delete";
  readonly change?: DeploymentChange;
}

/** Accepts an activation: the slot's settings, its address and the operation, all or nothing. */
export async function requestActivate(
  context: StartContext,
  by: Requester,
  id: string,
  change: DeploymentChange,
  check: BotCheck | undefined,
): Promise<Operation> {
  const found = await getDeployment(context.sql, by.accountId, id);
  const gateway = gatewayToken(context, found);
  return acceptStart(context, by, id, "activate", { change: { ...change, ...gateway } }, check);
}

/** One that waits keeps its own, also if it was started since that was read. */
function gatewayToken(context: LifecycleContext, deployment: Deployment): DeploymentChange {
  const { gateway_token: sealed } = newGatewayToken(context, deployment.id);
  const isLost = unreadableColumns(context.box, deployment).includes("gateway_token");
  return { gateway_token: isLost ? sealed : raw<string>`coalesce(gateway_token, ${sealed})` };
}

function newGatewayToken({ box }: LifecycleContext, id: string) {
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
  return { gateway_token: sealColumn(box, id, "gateway_token", token) };
}

/** No client has it: in the place of one that can't be opened another is made. */
function mendedGatewayToken(context: LifecycleContext, deployment: Deployment): DeploymentChange {
  const isLost = unreadableColumns(context.box, deployment).includes("gateway_token");
  return isLost ? newGatewayToken(context, deployment.id) : {};
}

/** What an assistant is brought up with: a change of its record, and whether it begins empty if its data is gone. */
interface Start {
  readonly change: DeploymentChange;
  readonly beginEmpty?: boolean;
}

/** Accepts a redeploy. */
export async function requestRedeploy(
  context: StartContext,
  by: Requester,
  id: string,
  start: Start,
): Promise<Operation> {
  const found = await getDeployment(context.sql, by.accountId, id);
  const check = allows("redeploy", found.status) ? await checkStoredToken(context, found) : undefined;
  const change = { ...start.change, ...mendedGatewayToken(context, found) };
  return acceptStart(context, by, id, "redeploy", { ...start, change }, check);
}

/**
 * Changes a deployment's settings. An active assistant is given those that it is made from, by an operation of its own.
 * @throws BerthError INVALID_STATE, NOT_FOUND or BOT_IN_USE; nothing is changed then
 */
export async function requestPatch(
  context: StartContext,
  by: Requester,
  id: string,
  change: DeploymentChange,
  check: BotCheck | undefined,
): Promise<Deployment> {
  const { deployment, loser } = await context.sql.transaction().execute(async (trx) => {
    // Who changes the same one meanwhile waits.
    const before = await trx
      .selectFrom("deployments")
      .selectAll()
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    const mended = before ? mendedGatewayToken(context, before) : {};
    const patched = await move(trx, {
      accountId: by.accountId,
      id,
      call: "patch",
      change: { ...change, ...mended },
    });
    if (!before || patched.status !== "active" || !changesAssistant(change))
      return { deployment: patched, loser: undefined };
    await assertMayQueue(trx, by.accountId);
    const loser =
      "telegram_bot_token" in change ? await claimBot(trx, context.box, patched, check) : undefined;
    const reverts = await revertsOf(trx, before);
    const { id: operation_id } = await enqueue(context, trx, {
      deploymentId: id,
      kind: LIFECYCLE.patch.kind,
      requestId: by.requestId,
      reverts,
    });
    return { deployment: { ...patched, operation_id }, loser };
  });
  if (loser !== undefined) warnOfLoser(context, loser, id);
  return deployment;
}

/** Accepts a stop. */
export async function requestStop(context: LifecycleContext, by: Requester, id: string): Promise<Operation> {
  return accept(context, { by, deploymentId: id, call: "stop" });
}

/** Accepts a delete; what still runs is cancelled first. Asked for again, it answers with the same operation. */
export async function requestDelete(
  context: LifecycleContext,
  by: Requester,
  id: string,
): Promise<Operation> {
  const found = await findWithOperation(context.sql, by.accountId, id);
  if (found?.deployment.status === "deleting" && found.operation?.kind === "delete") return found.operation;
  return accept(context, { by, deploymentId: id, call: "delete" });
}

/** Accepts a call after which the assistant drives its bot. An upgrade is none: what is active has claimed its bot. */
async function acceptStart(
  context: StartContext,
  by: Requester,
  id: string,
  call: "activate" | "redeploy",
  { change, beginEmpty = false }: Start,
  check: BotCheck | undefined,
): Promise<Operation> {
  const { operation, loser } = await context.sql.transaction().execute(async (trx) => {
    const moved = await move(trx, {
      accountId: by.accountId,
      id,
      call,
      change: { ...change, status: LIFECYCLE[call].during },
    });
    await assertMayQueue(trx, by.accountId);
    if (call === "activate") await handOutNeeded(trx, context.settings, moved);
    const loser = await claimBot(trx, context.box, moved, check);
    const { kind } = LIFECYCLE[call];
    const wanted = { deploymentId: id, kind, requestId: by.requestId, beginEmpty };
    return { operation: await enqueue(context, trx, wanted), loser };
  });
  if (loser !== undefined) warnOfLoser(context, loser, id);
  return operation;
}

function warnOfLoser({ log }: StartContext, loser: string, takenBy: string): void {
  log.warn(
    { deployment: loser, takenBy },
    "a deployment has lost its Telegram bot to another one, whose token Telegram accepts",
  );
}

async function accept(context: LifecycleContext, call: CallToAccept): Promise<Operation> {
  return context.sql.transaction().execute((trx) => acceptIn(context, trx, call));
}

/** Accepts a call inside a transaction that has looked at the deployment first. */
export async function acceptIn(
  context: LifecycleContext,
  trx: Sql,
  { by, deploymentId, call, change }: CallToAccept,
): Promise<Operation> {
  const { kind, during } = LIFECYCLE[call];
  if (call === "delete") await lockLive(trx, deploymentId);
  const moved = await move(trx, {
    accountId: by.accountId,
    id: deploymentId,
    call,
    change: { ...change, status: during },
  });
  if (call === "stop") await assertMayQueue(trx, by.accountId);
  if (call === "delete") {
    await refuseWhileRestored(trx, deploymentId);
    if (await wasNeverBegun(trx, moved)) return deleteAtOnce(trx, deploymentId, by.requestId);
    await requestCancel(trx, deploymentId);
  }
  return enqueue(context, trx, { deploymentId, kind, requestId: by.requestId });
}

/** Before the deployment, as an operation's own end does it: of two that lock in two orders PostgreSQL ends one. */
async function lockLive(trx: Sql, deploymentId: string): Promise<void> {
  await trx
    .selectFrom("operations")
    .select("id")
    .where("deployment_id", "=", deploymentId)
    .where("state", "in", LIVE)
    .orderBy("id")
    .forUpdate()
    .execute();
}

async function requestCancel(trx: Sql, deploymentId: string): Promise<void> {
  await trx
    .updateTable("operations")
    .set({ cancel_requested: true })
    .where("deployment_id", "=", deploymentId)
    .where("state", "in", LIVE)
    .execute();
}

/**
 * Locks the backups of a deployment that is to be deleted with them.
 * @throws BerthError INVALID_STATE while one of them is being restored into another deployment
 */
async function refuseWhileRestored(trx: Sql, deploymentId: string): Promise<void> {
  const own = trx.selectFrom("backups").select("id").where("deployment_id", "=", deploymentId);
  const ids = (await own.orderBy("id").forUpdate().execute()).map(({ id }) => id);
  const restoring = ids.length > 0 ? await listRestored(trx, ids) : [];
  const elsewhere = restoring.find(({ deployment_id }) => deployment_id !== deploymentId);
  if (!elsewhere) return;
  throw new BerthError(
    "INVALID_STATE",
    `A backup of it is being restored into deployment ${elsewhere.deployment_id}. Nothing was deleted; delete it after that.`,
  );
}
