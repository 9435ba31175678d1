// What callbacks are signed with (Standard Webhooks 1.0): a secret per deployment, made when it is first needed.
import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { Webhook } from "standardwebhooks";
import type { Sql } from "../database/database.ts";
import type { Deployment, DeploymentChange } from "../deployments/deployments.ts";
import { notFound } from "../errors.ts";
import { Secret, type SecretBox } from "../secret.ts";

const PREFIX = "whsec_";
const SECRET_BYTES = 32;
/** After a rotation the old secret signs as well for so long, so that receivers can change over. */
const OVERLAP_HOURS = 24;

export interface CallbackSecret {
  readonly current: string;
  /** The one before the latest rotation, while it still signs. */
  readonly previous: { readonly secret: string; readonly until: Date } | undefined;
}

/** The deployment's secret, made when it has none. */
export async function callbackSecret(
  db: Sql,
  box: SecretBox,
  deployment: Deployment,
): Promise<CallbackSecret> {
  if (deployment.callback_secret !== null) return opened(box, deployment);
  const made = sealedNew(box, deployment.id);
  return change(db, box, deployment.id, {
    // Another process may have been first.
    callback_secret: sql<string>`coalesce(callback_secret, ${made})`,
  });
}

/** Makes a new secret; the one so far signs as well until the overlap is over. */
export async function rotateCallbackSecret(db: Sql, box: SecretBox, id: string): Promise<CallbackSecret> {
  return change(db, box, id, {
    callback_secret: sealedNew(box, id),
    callback_secret_before: sql<string>`callback_secret`,
    callback_secret_before_until: sql<Date>`now() + make_interval(hours => ${OVERLAP_HOURS}::int)`,
  });
}

/** The header webhook-signature: one signature per secret that is valid at the time of the attempt. */
export function signatures({ current, previous }: CallbackSecret, id: string, at: Date, body: string) {
  const secrets = previous ? [current, previous.secret] : [current];
  return secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" ");
}

async function change(
  db: Sql,
  box: SecretBox,
  id: string,
  columns: DeploymentChange,
): Promise<CallbackSecret> {
  const deployment = await db
    .updateTable("deployments")
    .set(columns)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
  if (!deployment) throw notFound();
  return opened(box, deployment);
}

function sealedNew(box: SecretBox, id: string): string {
  return box.seal(
    new Secret(PREFIX + randomBytes(SECRET_BYTES).toString("base64")),
    callbackSecretContext(id),
  );
}

function opened(box: SecretBox, deployment: Deployment): CallbackSecret {
  const { id, callback_secret, callback_secret_before, callback_secret_before_until: until } = deployment;
  if (callback_secret === null) throw new Error("The deployment has no callback secret.");
  const isValid = callback_secret_before !== null && until !== null && until > new Date();
  const before = isValid
    ? readable(() => box.open(callback_secret_before, callbackSecretContext(id)))
    : undefined;
  return {
    current: box.open(callback_secret, callbackSecretContext(id)).reveal(),
    previous: before && until ? { secret: before.reveal(), until } : undefined,
  };
}

/** One before a rotation may be what the rotation was for. */
function readable(open: () => Secret): Secret | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

/** One for both columns: a rotation moves the sealed text from one to the other. */
export function callbackSecretContext(id: string): string {
  return `${id}/callback_secret`;
}
