// Accepting calls: the deployment's transition, the operation and its job, all in one transaction or not at all.
import { fromKysely, type PgBoss } from "pg-boss";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import { refuseWhileRestored } from "../backups/in-use.ts";
import type { Sql } from "../database/database.ts";
import type { Reverts } from "../database/schema.ts";
import { handOutAddress } from "../deployments/addresses.ts";
import { type BotCheck, type BotParts, checkStoredToken } from "../deployments/bot-check.ts";
import { claimBot } from "../deployments/bots.ts";
import {
  type Deployment,
  type DeploymentChange,
  findByCheckout,
  getDeployment,
  move,
  sealColumn,
} from "../deployments/deployments.ts";
import { BerthError, notFound } from "../errors.ts";
import { allows, LIFECYCLE, type OperationKind } from "../lifecycle.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import { findWithOperation, LIVE, type Operation, QUEUE } from "./operations.ts";
import { changesAssistant, revertsOf } from "./reverts.ts";

/** More than an upgrade with its way back may take: each step has a deadline of its own. */
const LONGEST_SECONDS = 12 * 3_600;

/** What is needed to accept calls. */
export interface Intake {
  readonly sql: Sql;
  readonly boss: PgBoss;
  readonly box: SecretBox;
  readonly settings: StackSettings;
}

/** What is needed to accept calls that start an assistant, and with it its bot. */
export interface StartIntake extends Intake, BotParts {
  readonly log: Logger;
}

/** Whose call it is. Another account's deployments are out of its reach. */
export interface Requester {
  readonly accountId: string;
  /** Of the HTTP request; null where there is none. */
  readonly requestId: string | null;
}
type AcceptedCall = "upgrade" | "stop" | "delete";

/** Accepts an activation: the slot's settings, its address and the operation, all or nothing. */
export async function requestActivate(
  intake: StartIntake,
  by: Requester,
  id: string,
  change: DeploymentChange,
  check: BotCheck | undefined,
): Promise<Operation> {
  const gatewayToken = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
  const gateway_token = sealColumn(intake.box, id, "gateway_token", gatewayToken);
  return acceptStart(intake, by, id, "activate", { ...change, gateway_token }, check);
}

/** Accepts a redeploy, with a change of the record. */
export async function requestRedeploy(
  intake: StartIntake,
  by: Requester,
  id: string,
  change: DeploymentChange,
): Promise<Operation> {
  const found = await getDeployment(intake.sql, by.accountId, id);
  const check = allows("redeploy", found.status) ? await checkStoredToken(intake, found) : undefined;
  return acceptStart(intake, by, id, "redeploy", change, check);
}

/**
 * Changes a deployment's settings. An active assistant is given those that it is made from, by an operation of its own.
 * @throws BerthError INVALID_STATE, NOT_FOUND or BOT_IN_USE; nothing is changed then
 */
export async function requestPatch(
  intake: StartIntake,
  by: Requester,
  id: string,
  change: DeploymentChange,
  check: BotCheck | undefined,
): Promise<Deployment> {
  const { deployment, loser } = await intake.sql.transaction().execute(async (trx) => {
    // Whoever changes the same one meanwhile waits.
    const before = await trx
      .selectFrom("deployments")
      .selectAll()
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    const patched = await move(trx, by.accountId, id, "patch", change);
    if (!before || patched.status !== "active" || !changesAssistant(change))
      return { deployment: patched, loser: undefined };
    const loser =
      "telegram_bot_token" in change ? await claimBot(trx, intake.box, patched, check) : undefined;
    const reverts = await revertsOf(trx, before);
    const { id: operation_id } = await enqueue(intake, trx, id, "patch", by.requestId, { reverts });
    return { deployment: { ...patched, operation_id }, loser };
  });
  if (loser !== undefined) warnOfLoser(intake, loser, id);
  return deployment;
}

/** Accepts a stop. */
export async function requestStop(intake: Intake, by: Requester, id: string): Promise<Operation> {
  return accept(intake, by, id, "stop", {});
}

/** Accepts a delete; what still runs is cancelled first. Asked for again, it answers with the same operation. */
export async function requestDelete(intake: Intake, by: Requester, id: string): Promise<Operation> {
  const found = await findWithOperation(intake.sql, by.accountId, id);
  if (found?.deployment.status === "deleting" && found.operation?.kind === "delete") return found.operation;
  return accept(intake, by, id, "delete", {});
}

/** Marks the slot of a checkout as paid and has its network and volume made ahead. Paying twice changes nothing. */
export async function pay(intake: Intake, checkoutId: string): Promise<Deployment> {
  return intake.sql.transaction().execute(async (trx) => {
    const deployment = await findByCheckout(trx, checkoutId);
    if (!deployment || deployment.status === "deleted") throw notFound();
    if (deployment.status !== "pending_payment") return deployment;
    const paid = await move(trx, deployment.account_id, deployment.id, "pay", { status: LIFECYCLE.pay.to });
    await prepare(intake, trx, paid.id);
    return paid;
  });
}

/** As pay, for money that has moved: without room for the slot it is paid all the same, and activate asks for room. */
export async function takePayment(
  intake: Intake,
  trx: Sql,
  { account_id, id }: Deployment,
): Promise<Deployment> {
  const paid = await move(trx, account_id, id, "pay", { status: LIFECYCLE.pay.to });
  await prepare(intake, trx, id).catch((error: unknown) => {
    if (!(error instanceof BerthError)) throw error;
  });
  return paid;
}

async function prepare(intake: Intake, trx: Sql, id: string): Promise<void> {
  await handOutAddress(trx, intake.settings, id);
  await enqueue(intake, trx, id, "prepare", null);
}

/** Accepts a call after which the assistant drives its bot. An upgrade is none: what is active has claimed its bot. */
async function acceptStart(
  intake: StartIntake,
  by: Requester,
  id: string,
  call: "activate" | "redeploy",
  change: DeploymentChange,
  check: BotCheck | undefined,
): Promise<Operation> {
  const { operation, loser } = await intake.sql.transaction().execute(async (trx) => {
    const moved = await move(trx, by.accountId, id, call, { ...change, status: LIFECYCLE[call].during });
    if (call === "activate") await handOutAddress(trx, intake.settings, id);
    const loser = await claimBot(trx, intake.box, moved, check);
    return { operation: await enqueue(intake, trx, id, call, by.requestId), loser };
  });
  if (loser !== undefined) warnOfLoser(intake, loser, id);
  return operation;
}

function warnOfLoser({ log }: StartIntake, loser: string, takenBy: string): void {
  log.warn(
    { deployment: loser, takenBy },
    "a deployment has lost its Telegram bot to another one, whose token Telegram accepts",
  );
}

async function accept(
  intake: Intake,
  by: Requester,
  id: string,
  call: AcceptedCall,
  change: DeploymentChange,
): Promise<Operation> {
  return intake.sql.transaction().execute((trx) => acceptIn(intake, trx, by, id, call, change));
}

/** Accepts a call inside a transaction that has looked at the deployment first. */
export async function acceptIn(
  intake: Intake,
  trx: Sql,
  by: Requester,
  id: string,
  call: AcceptedCall,
  change: DeploymentChange,
): Promise<Operation> {
  await move(trx, by.accountId, id, call, { ...change, status: LIFECYCLE[call].during });
  if (call === "delete") {
    await refuseWhileRestored(trx, id);
    await requestCancel(trx, id);
  }
  return enqueue(intake, trx, id, call === "upgrade" ? "redeploy" : call, by.requestId);
}

/** Records an operation and queues its job. Call it inside a transaction. */
export async function enqueue(
  { boss }: Intake,
  trx: Sql,
  deploymentId: string,
  kind: OperationKind,
  requestId: string | null,
  { backupId, reverts }: { readonly backupId?: string; readonly reverts?: Reverts } = {},
): Promise<Operation> {
  const operation = await trx
    .insertInto("operations")
    .values({
      id: uuidv7(),
      deployment_id: deploymentId,
      kind,
      state: "queued",
      request_id: requestId,
      backup_id: backupId,
      ...(reverts && { reverts: JSON.stringify(reverts) }),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx
    .updateTable("deployments")
    .set({ operation_id: operation.id })
    .where("id", "=", deploymentId)
    .execute();
  const job = {
    id: operation.id,
    singletonKey: deploymentId,
    expireInSeconds: LONGEST_SECONDS,
    db: fromKysely(trx),
  };
  await boss.send(QUEUE, { operationId: operation.id }, job);
  return operation;
}

async function requestCancel(trx: Sql, deploymentId: string): Promise<void> {
  await trx
    .updateTable("operations")
    .set({ cancel_requested: true })
    .where("deployment_id", "=", deploymentId)
    .where("state", "in", LIVE)
    .execute();
}
