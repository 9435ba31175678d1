// Looks at deployments, some at a time: their records, and what their target and the backend have of them.
import { sql as raw } from "kysely";
import { botOf } from "../../infra/assistant/telegram-api.ts";
import { someAtOnce } from "../async.ts";
import type { Sql } from "../database/database.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { redaction } from "../deployments/redaction.ts";
import { openColumn, SECRET_COLUMNS } from "../deployments/secret-columns.ts";
import type { Operation } from "../operations/operations.ts";
import { stackWorkDir } from "../pulumi/stack-config.ts";
import { stateFolder } from "../pulumi/state-files.ts";
import type { Secret } from "../secret.ts";
import type { Finding } from "./check.ts";
import { type Examination, examine } from "./examine.ts";
import { exportedStack, MISSING_STACK, readSettingsSalt, readStack } from "./look-at-stack.ts";
import type { DoctorParts } from "./parts.ts";
import type { KnownSecret, Picture, StackPicture } from "./picture.ts";
import type { Stock } from "./target-audit.ts";

const AT_ONCE = 8;

type OwnedDeployment = Deployment & { readonly account: string };

export async function lookAtAll(
  parts: DoctorParts,
  deployments: readonly OwnedDeployment[],
  stock: Stock | undefined,
): Promise<Examination[]> {
  const opened = deployments.map((deployment) => ({ deployment, ...openSecrets(parts, deployment) }));
  const others = await findOthers(parts, opened);
  const examinations = await someAtOnce(opened, AT_ONCE, (one) => lookAt(parts, one, others, stock));
  return unchangedMeanwhile(parts.sql, deployments, examinations);
}

async function lookAt(
  parts: DoctorParts,
  { deployment: { account, ...deployment }, secrets, unopened }: Opened,
  { operations, claims }: Others,
  stock: Stock | undefined,
): Promise<Examination> {
  const { settings } = parts;
  const botId = botIn(secrets);
  const another = (isSame: (claim: Claim) => boolean) =>
    claims.find((claim) => claim.id !== deployment.id && isSame(claim))?.id;
  const [own, stack] = await Promise.all([
    stock?.look(parts, deployment),
    lookAtStack(parts, deployment, secrets),
  ]);
  const picture: Picture = {
    now: new Date(),
    settings,
    deployment,
    operation: operations.find(({ id }) => id === deployment.operation_id),
    secrets,
    unopened,
    bot: { id: botId, alsoDrivenBy: another(({ bot_id }) => botId !== null && bot_id === botId) },
    sharesAddressWith: another(({ address }) => address !== null && address === deployment.address),
    stack,
  };
  const { findings, ...result } = examine(picture, own);
  const redact = redaction(parts, deployment);
  const shown = (finding: Finding) => ({ ...finding, message: redact(finding.message) });
  return { deploymentId: deployment.id, account, ...result, findings: findings.map(shown) };
}

interface Opened {
  readonly deployment: OwnedDeployment;
  readonly secrets: readonly KnownSecret[];
  /** Names of those that can't be opened. */
  readonly unopened: readonly string[];
}

/** The bot that its token stands for. */
function botIn(secrets: readonly KnownSecret[]): string | null {
  return botOf(secrets.find(({ name }) => name === "telegram_bot_token")?.value.reveal() ?? "");
}

type Claim = Pick<Deployment, "id" | "bot_id" | "address">;

interface Others {
  readonly operations: readonly Operation[];
  /** Deployments that have one of their bots or addresses. */
  readonly claims: readonly Claim[];
}

async function findOthers({ sql }: DoctorParts, opened: readonly Opened[]): Promise<Others> {
  const ids = opened.flatMap(({ deployment }) => deployment.operation_id ?? []);
  const bots = opened.flatMap(({ secrets }) => botIn(secrets) ?? []);
  const addresses = opened.flatMap(({ deployment }) => deployment.address ?? []);
  const operations =
    ids.length > 0 ? await sql.selectFrom("operations").selectAll().where("id", "in", ids).execute() : [];
  const claims = await sql
    .selectFrom("deployments")
    .select(["id", "bot_id", "address"])
    .where(raw<boolean>`(bot_id = any(${bots}::text[]) or address = any(${addresses}::integer[]))`)
    .execute();
  return { operations, claims };
}

/** The deployment's own, and the operator's, which some of its containers may know. */
function openSecrets({ box, settings }: DoctorParts, deployment: Deployment) {
  const secrets: KnownSecret[] = [];
  const unopened: string[] = [];
  for (const name of SECRET_COLUMNS) {
    try {
      const value = openColumn(box, deployment, name);
      if (value) secrets.push({ name, value });
    } catch {
      unopened.push(name);
    }
  }
  const keys = Object.entries(settings.modelKeys) as [string, Secret][];
  for (const [provider, value] of keys) secrets.push({ name: `the operator's key of ${provider}`, value });
  return { secrets, unopened };
}

async function lookAtStack(
  parts: DoctorParts,
  deployment: Deployment,
  secrets: readonly KnownSecret[],
): Promise<StackPicture | undefined> {
  const { id } = deployment;
  const [stack, settingsSalt] = await Promise.all([
    readOrExport(parts, deployment, secrets),
    readSettingsSalt(stackWorkDir(parts.settings, id), id),
  ]);
  return stack && { ...stack, settingsSalt };
}

async function readOrExport(
  { settings, exportStack }: DoctorParts,
  { id, stack_exists }: Deployment,
  secrets: readonly KnownSecret[],
): Promise<StackPicture | undefined> {
  const folder = stateFolder(settings.backendUrl);
  if (folder) return readStack(folder, id, secrets, stack_exists);
  if (!stack_exists) return MISSING_STACK;
  const text = await exportStack(id).catch(() => undefined);
  return text === undefined ? undefined : exportedStack(text, secrets);
}

/** What an operation has changed while it was looked at was seen half before and half after: that means nothing. */
async function unchangedMeanwhile(
  sql: Sql,
  read: readonly Deployment[],
  examinations: readonly Examination[],
): Promise<Examination[]> {
  if (read.length === 0) return [];
  const now = await sql
    .selectFrom("deployments")
    .select(["id", "status", "operation_id"])
    .where(
      "id",
      "in",
      read.map(({ id }) => id),
    )
    .execute();
  const isSame = (before: Deployment) =>
    now.some(
      ({ id, status, operation_id }) =>
        id === before.id && status === before.status && operation_id === before.operation_id,
    );
  const changed = new Set(read.filter((before) => !isSame(before)).map(({ id }) => id));
  return examinations.map((examination) =>
    changed.has(examination.deploymentId ?? "")
      ? { ...examination, checks: 0, findings: [], unchecked: ["it was changed while it was looked at"] }
      : examination,
  );
}
