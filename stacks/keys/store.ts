// What an installation keeps, opened: its data folder, its keys and its database, in the one order in which nothing is made
// anew in the place of what is only lost.
import { join } from "node:path";
import { newBackupKey } from "../../infra/backups/key.ts";
import { claimDataFolder } from "../data-folder.ts";
import { type Database, openDatabase } from "../database/database.ts";
import { SecretBox } from "../secret.ts";
import { checkKeyFiles, keptKey, secretKeysIn } from "./key-files.ts";
import { assertKeysFit, type KeyParts } from "./locked-with.ts";

export interface StoreParts extends Omit<KeyParts, "sql"> {
  readonly databaseUrl: string | undefined;
}

export interface Store {
  readonly database: Database;
  readonly box: SecretBox;
  close(): Promise<void>;
}

/**
 * Claims the data folder, opens the database and the keys. Only keys that nothing is locked with are made.
 * @throws Error when the folder is in use, the database can't be opened, or a key is lost, empty or damaged
 */
export async function openStore(parts: StoreParts): Promise<Store> {
  const { folder } = parts;
  const opened = await openWithoutKeys(parts);
  try {
    await assertKeysFit({ ...parts, sql: opened.database.sql });
    const { value } = await keptKey(folder, "secret-key");
    await keptKey(folder, "backup-key", newBackupKey);
    return { ...opened, box: boxOf(value) };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** For who works on the keys themselves. `alone`: also where several processes may share a PostgreSQL. */
export async function openWithoutKeys(
  { folder, databaseUrl }: Pick<StoreParts, "folder" | "databaseUrl">,
  how: "alone" | "as set" = "as set",
): Promise<Omit<Store, "box">> {
  const claim = await claimDataFolder(folder, databaseUrl && how === "as set" ? "together" : "alone");
  try {
    if (how === "as set") await checkKeyFiles(folder);
    const database = await openDatabase(
      databaseUrl ? { url: databaseUrl } : { folder: join(folder, "database") },
    );
    return {
      database,
      async close() {
        await database.close();
        await claim.release();
      },
    };
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** @param text of the file secret-key */
export function boxOf(text: string): SecretBox {
  const [key, ...former] = secretKeysIn(text);
  if (!key) throw new Error("The file secret-key holds no key.");
  return new SecretBox(key, former);
}
