// The CA by which assistants trust the model gateway: one for the installation, kept in the database, its key sealed.
import { X509Certificate } from "node:crypto";
import { PROVIDERS } from "../../infra/gateway/providers.ts";
import type { Sql } from "../database/database.ts";
import { Secret, type SecretBox } from "../secret.ts";

/** Both PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

const AUTHORITY_CONTEXT = "model gateway's authority";
const ONLY = 1;

/**
 * The CA; at the first call, where the key that had sealed it was given up, and where it may not vouch for every provider's
 * name, the one that is made. Assistants that trust a former one reach the gateway again after their next redeploy.
 */
export async function keptAuthority(
  sql: Sql,
  box: SecretBox,
  make: () => Promise<Authority>,
): Promise<Authority> {
  const known = await readAuthority(sql, box);
  if (known) return known;
  const made = await make();
  await sql.transaction().execute(async (trx) => {
    await trx
      .deleteFrom("gateway_authority")
      .where("certificate", "=", await unreadable(trx, box))
      .execute();
    await trx
      .insertInto("gateway_authority")
      .values({
        id: ONLY,
        certificate: made.certificate,
        sealed_key: box.seal(new Secret(made.key), AUTHORITY_CONTEXT),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
  // Another process may have been first.
  const kept = await readAuthority(sql, box);
  if (!kept) throw new Error("The model gateway's CA could not be kept.");
  return kept;
}

async function readAuthority(sql: Sql, box: SecretBox): Promise<Authority | undefined> {
  const row = await sql.selectFrom("gateway_authority").selectAll().executeTakeFirst();
  if (!row) return undefined;
  try {
    if (!vouchesForAll(row.certificate)) return undefined;
    return { certificate: row.certificate, key: box.open(row.sealed_key, AUTHORITY_CONTEXT).reveal() };
  } catch {
    return undefined;
  }
}

/** A version before knew fewer providers: OpenSSL refuses certificates with a name that their CA may not vouch for. */
function vouchesForAll(certificate: string): boolean {
  const { raw } = new X509Certificate(certificate);
  return Object.values(PROVIDERS).every(({ host }) => raw.includes(host));
}

/** The certificate of the one that can't be used. */
async function unreadable(sql: Sql, box: SecretBox): Promise<string> {
  const row = await sql.selectFrom("gateway_authority").selectAll().forUpdate().executeTakeFirst();
  return row && !(await readAuthority(sql, box)) ? row.certificate : "";
}

/** Seals it with the box's first key. Call it in a transaction. */
export async function sealAuthority(trx: Sql, box: SecretBox): Promise<void> {
  const known = await readAuthority(trx, box);
  if (!known) return;
  const sealed_key = box.seal(new Secret(known.key), AUTHORITY_CONTEXT);
  await trx.updateTable("gateway_authority").set({ sealed_key }).execute();
}
