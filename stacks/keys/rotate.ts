// Changes the installation's own keys while no Berth runs. A cut anywhere leaves files that open everything: the old key
// goes only after all that it has locked is locked with the new one.
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { newBackupKey } from "../../infra/backups/key.ts";
import type { Sql } from "../database/database.ts";
import { SecretBox } from "../secret.ts";
import {
  givenUpIn,
  type KeyFile,
  keptKey,
  newSecretKey,
  readKeyFile,
  replaceKeyFile,
  secretKeysIn,
  withGivenUp,
} from "./key-files.ts";
import { keyIdsOf, opens, sealAll, sealedTexts } from "./sealed-rows.ts";

/** Keys with which something is locked. */
export type GivenUpKey = Exclude<KeyFile, "api-key">;

/**
 * Seals all secrets of the database with a new secret-key, and puts a new key before those of backup-key.
 * @returns how many secrets were sealed, and how many could not be opened before either
 */
export async function rotateKeys(sql: Sql, folder: string): Promise<{ sealed: number; unreadable: number }> {
  const before = (await keptKey(folder, "secret-key")).value;
  const key = newSecretKey();
  await replaceKeyFile(folder, "secret-key", `${key}\n${before}`);
  const box = new SecretBox(Buffer.from(key, "base64url"), secretKeysIn(before));
  const result = await sql.transaction().execute((trx) => sealAll(trx, box));
  await replaceKeyFile(folder, "secret-key", withGivenUp(key, givenUpIn(before)));
  const former = (await keptKey(folder, "backup-key", newBackupKey)).value;
  await replaceKeyFile(folder, "backup-key", `${await newBackupKey()}\n${former}`);
  return result;
}

/**
 * Makes a key in the place of one that is lost. What was locked with it stays, and can't be opened. A file that is there
 * is kept beside it.
 */
export async function giveUpKey(sql: Sql, folder: string, name: GivenUpKey): Promise<void> {
  const known = await readKeyFile(folder, name).catch(() => undefined);
  const file = join(folder, name);
  if (known === undefined) await rename(file, `${file}.lost-${Date.now()}`).catch(() => {});
  if (name === "passphrase") {
    await keptKey(folder, "passphrase");
    return;
  }
  if (name === "backup-key") {
    const text = known ?? (await newBackupKey());
    const what = [`backups made before ${new Date().toISOString()}`];
    return replaceKeyFile(folder, name, withGivenUp(text, what));
  }
  const text = known ?? newSecretKey();
  const [first = Buffer.alloc(0), ...former] = secretKeysIn(text);
  const box = new SecretBox(first, former);
  const lost = (await sealedTexts(sql, Number.MAX_SAFE_INTEGER)).filter((one) => !opens(box, one));
  const ids = keyIdsOf(lost).filter((id) => !givenUpIn(text).includes(id));
  return replaceKeyFile(folder, name, withGivenUp(text, ids));
}
