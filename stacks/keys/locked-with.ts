// What can't be opened any more without the key that it was locked with: the reason to refuse a start without that key.
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { decrypted } from "../../infra/backups/file.ts";
import type { Sql } from "../database/database.ts";
import { SecretBox } from "../secret.ts";
import type { BackupSettings } from "../settings.ts";
import { adviceFor, givenUpIn, type KeyFile, readKeyFile, secretKeysIn } from "./key-files.ts";
import { keyIdsOf, opens, sealedTexts } from "./sealed-rows.ts";

/** So many of the latest backups are tried: one may be damaged. */
const BACKUPS_TRIED = 3;

export interface KeyParts {
  readonly sql: Sql;
  /** The data folder. */
  readonly folder: string;
  readonly backups: Pick<BackupSettings, "folder" | "keyFile">;
  /** Folder of a file backend. */
  readonly stateFolder: string | undefined;
  /** Whether Pulumi's passphrase is a file of the data folder. */
  readonly keepsPassphrase: boolean;
}

/** @throws Error that names each key that is missing, or is another one, although something is locked with it */
export async function assertKeysFit(parts: KeyParts): Promise<void> {
  const found = await Promise.all([secretKeyLost(parts), backupKeyLost(parts), passphraseLost(parts)]);
  const reasons = found.filter((one) => one !== undefined);
  if (reasons.length > 0) throw new Error(reasons.join("\n"));
}

/** @throws Error when there is no passphrase, and stacks are there that were made with one */
export async function assertPassphraseFits(parts: Pick<KeyParts, "folder" | "stateFolder">): Promise<void> {
  const why = await passphraseLost({ ...parts, keepsPassphrase: true });
  if (why) throw new Error(why);
}

async function secretKeyLost({ sql, folder }: KeyParts): Promise<string | undefined> {
  const texts = await sealedTexts(sql);
  if (texts.length === 0) return undefined;
  const file = await readKeyFile(folder, "secret-key");
  if (file === undefined) return missing(folder, "secret-key", "secrets of assistants are");
  const keys = secretKeysIn(file);
  const [first = Buffer.alloc(0), ...former] = keys;
  const box = new SecretBox(first, former);
  // Of a few that can't be opened the rows say so; a key that opens none is not the one of this database.
  if (texts.some((text) => opens(box, text))) return undefined;
  const strange = keyIdsOf(texts).filter((id) => !givenUpIn(file).includes(id));
  if (strange.length === 0) return undefined;
  return `The key file ${join(folder, "secret-key")} (key ${box.keyId}) opens none of the secrets of assistants in the database: they are locked with key ${strange.join(", ")}. ${adviceFor(folder, "secret-key")}`;
}

async function backupKeyLost({ sql, folder, backups }: KeyParts): Promise<string | undefined> {
  const ready = await sql
    .selectFrom("backups")
    .select(["id", "deployment_id"])
    .where("state", "=", "ready")
    .orderBy("created_at", "desc")
    .limit(BACKUPS_TRIED)
    .execute();
  if (ready.length === 0) return undefined;
  const file = await readKeyFile(folder, "backup-key");
  if (file === undefined) return missing(folder, "backup-key", "backups are");
  if (givenUpIn(file).length > 0) return undefined;
  const paths = ready.map(({ id, deployment_id }) => join(backups.folder, deployment_id, `${id}.age`));
  const tried = await Promise.all(paths.map((path) => isOpened(path, backups.keyFile)));
  if (tried.includes("opened") || !tried.includes("refused")) return undefined;
  return `The key file ${join(folder, "backup-key")} opens none of the latest backups, such as ${paths[tried.indexOf("refused")]}. ${adviceFor(folder, "backup-key")}`;
}

async function passphraseLost({
  folder,
  stateFolder,
  keepsPassphrase,
}: Pick<KeyParts, "folder" | "stateFolder" | "keepsPassphrase">): Promise<string | undefined> {
  if (!keepsPassphrase || (await readKeyFile(folder, "passphrase")) !== undefined) return undefined;
  const isUsed = (await hasStacks(stateFolder)) || (await hasSalts(join(folder, "stacks")));
  return isUsed ? missing(folder, "passphrase", "Pulumi stacks are") : undefined;
}

function missing(folder: string, name: KeyFile, what: string): string {
  return `The key file ${join(folder, name)} is gone, and ${what} locked with it. ${adviceFor(folder, name)}`;
}

async function isOpened(path: string, keyFile: string): Promise<"opened" | "refused" | "away"> {
  const handle = await open(path, "r").catch(() => undefined);
  if (!handle) return "away";
  try {
    for await (const _piece of decrypted(handle, keyFile)) break;
    return "opened";
  } catch {
    return "refused";
  } finally {
    await handle.close();
  }
}

/** Of any project: the foundation of AWS is one, too. */
async function hasStacks(stateFolder: string | undefined): Promise<boolean> {
  if (!stateFolder) return false;
  const names = await readdir(join(stateFolder, ".pulumi/stacks"), { recursive: true }).catch(() => []);
  return names.some((name) => /\.json(\.gz|\.zst)?$/.test(name));
}

/** Configs of stacks on any backend: each holds the salt of its encryption. */
async function hasSalts(stacks: string): Promise<boolean> {
  const names = await readdir(stacks, { recursive: true }).catch(() => []);
  for (const name of names.filter((one) => /Pulumi\..+\.yaml$/.test(one))) {
    const text = await readFile(join(stacks, name), "utf8").catch(() => "");
    if (text.includes("encryptionsalt:")) return true;
  }
  return false;
}
