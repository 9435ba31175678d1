// The installation's key of backups, in age's own file form: `age -d -i backup-key file.age` opens one without Berth.
import { readFile } from "node:fs/promises";
import { generateX25519Identity, identityToRecipient } from "age-encryption";

/** The text of a new key file. */
export async function newBackupKey(): Promise<string> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  return `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}`;
}

/** @throws Error naming the file, and nothing of what is in it, when it holds no key. */
export async function readBackupKey(file: string): Promise<string> {
  const text = await readFile(file, "utf8");
  const identity = text.split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-1"));
  if (!identity) throw new Error(`The file ${file} holds no key of age.`);
  return identity.trim();
}
