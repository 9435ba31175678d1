// The installation's keys of backups, in age's own file form: `age -d -i backup-key file.age` opens one without Berth. The
// first one locks new backups; those below it still open what they have locked.
import { readFile } from "node:fs/promises";
import { generateX25519Identity, identityToRecipient } from "age-encryption";

/** The text of a new key file. */
export async function newBackupKey(): Promise<string> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  return `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}`;
}

/** All keys of the file. @throws Error naming the file, and nothing of what is in it, when it holds no key. */
export async function readBackupKeys(file: string): Promise<readonly [string, ...string[]]> {
  const [first, ...former] = readIdentities(await readFile(file, "utf8"));
  if (!first) throw new Error(`The file ${file} holds no key of age.`);
  return [first, ...former];
}

/** The key that locks new backups. @throws Error as readBackupKeys does. */
export async function readBackupKey(file: string): Promise<string> {
  return (await readBackupKeys(file))[0];
}

export function readIdentities(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith("AGE-SECRET-KEY-1"));
}
