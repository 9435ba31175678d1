// Every place of the database that holds something sealed with the secret-key.
import { answerContext } from "../accounts/idempotency-keys.ts";
import { callbackSecretContext } from "../callbacks/secret.ts";
import type { Sql } from "../database/database.ts";
import { SECRET_COLUMNS, secretContext } from "../deployments/secret-columns.ts";
import { keyIdOf, type SecretBox } from "../secret.ts";
import { sealAuthority } from "../usage/authority.ts";

const CALLBACK_COLUMNS = ["callback_secret", "callback_secret_before"] as const;
const COLUMNS = [...SECRET_COLUMNS, ...CALLBACK_COLUMNS];
/** Enough to know whether a key is the right one. */
const SAMPLE = 200;
/** How the key of a text is named that names none. */
const NAMELESS = "of version 0.1.0";

export interface SealedText {
  readonly deploymentId: string;
  readonly column: (typeof COLUMNS)[number];
  readonly text: string;
}

/** Sealed secrets of deployments, the latest first. */
export async function sealedTexts(sql: Sql, limit = SAMPLE): Promise<SealedText[]> {
  const rows = await sql
    .selectFrom("deployments")
    .select(["id", ...COLUMNS])
    .where(({ or, eb }) => or(COLUMNS.map((column) => eb(column, "is not", null))))
    .orderBy("updated_at", "desc")
    .limit(limit)
    .execute();
  return rows.flatMap((row) =>
    COLUMNS.flatMap((column) => {
      const text = row[column];
      return text === null ? [] : [{ deploymentId: row.id, column, text }];
    }),
  );
}

/** Whether a box opens a text. */
export function opens(box: SecretBox, { deploymentId, column, text }: SealedText): boolean {
  try {
    box.open(text, contextOf(deploymentId, column));
    return true;
  } catch {
    return false;
  }
}

/** Ids of the keys of texts, each once. */
export function keyIdsOf(texts: readonly SealedText[]): string[] {
  return [...new Set(texts.map(({ text }) => keyIdOf(text) ?? NAMELESS))];
}

/**
 * Seals everything with the box's first key; what it can't open stays as it is. Call it in a transaction.
 * @returns how many were sealed, and how many could not be opened
 */
export async function sealAll(trx: Sql, box: SecretBox): Promise<{ sealed: number; unreadable: number }> {
  const texts = await sealedTexts(trx, Number.MAX_SAFE_INTEGER);
  const readable = texts.filter((one) => opens(box, one));
  for (const { deploymentId, column, text } of readable) {
    const context = contextOf(deploymentId, column);
    await trx
      .updateTable("deployments")
      .set({ [column]: box.seal(box.open(text, context), context) })
      .where("id", "=", deploymentId)
      .execute();
  }
  await sealAnswers(trx, box);
  await sealAuthority(trx, box);
  return { sealed: readable.length, unreadable: texts.length - readable.length };
}

/** Answers that are kept for a day; one that can't be opened is of no use to anybody. */
async function sealAnswers(trx: Sql, box: SecretBox): Promise<void> {
  const rows = await trx
    .selectFrom("idempotency_keys")
    .select(["account_id", "key", "answer"])
    .where("answer", "is not", null)
    .execute();
  for (const { account_id: accountId, key, answer } of rows) {
    const context = answerContext({ accountId, key });
    try {
      await trx
        .updateTable("idempotency_keys")
        .set({ answer: box.seal(box.open(answer ?? "", context), context) })
        .where("account_id", "=", accountId)
        .where("key", "=", key)
        .execute();
    } catch {}
  }
}

function contextOf(deploymentId: string, column: SealedText["column"]): string {
  const isCallbacks = CALLBACK_COLUMNS.find((name) => name === column);
  return isCallbacks
    ? callbackSecretContext(deploymentId)
    : secretContext(deploymentId, column as (typeof SECRET_COLUMNS)[number]);
}
