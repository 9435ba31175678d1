// An assistant's secrets as a file in the data folder: clear text, there while the assistant runs, and for Berth alone. What
// its container gets is another file, see commands/write-settings.ts.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SecretsPlace } from "../target.ts";

export const SECRETS_FILE_MODE = 0o600;

export function secretsFile({ dataDir, deploymentId }: SecretsPlace): string {
  return join(dataDir, "secrets", `${deploymentId}.json`);
}

export async function writeSecretsFile(place: SecretsPlace, text: string): Promise<void> {
  const file = secretsFile(place);
  await mkdir(join(place.dataDir, "secrets"), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}.tmp`;
  await rm(unfinished, { force: true });
  // On the disk before it has its name: after a power cut there is the old file or the new one, and no empty one.
  await writeFile(unfinished, text, { mode: SECRETS_FILE_MODE, flag: "wx", flush: true });
  await rename(unfinished, file);
}

/** The file as it is now; undefined if there is none. */
export async function keepSecretsFile(
  place: SecretsPlace,
): Promise<{ putBack(): Promise<void> } | undefined> {
  const text = await readFile(secretsFile(place), "utf8").catch(() => undefined);
  return text === undefined ? undefined : { putBack: () => writeSecretsFile(place, text) };
}

/** Removes the clear text of the secrets: they are needed on disk only while the assistant runs. */
export async function removeSecretsFile(place: SecretsPlace): Promise<void> {
  await rm(secretsFile(place), { force: true });
  await removeFormerSecretsFile(place);
}

/** Removes the file that a version before bound into the container: only once the container is another. */
export async function removeFormerSecretsFile({ dataDir, deploymentId }: SecretsPlace): Promise<void> {
  await rm(join(dataDir, "secrets", `${deploymentId}.env`), { force: true });
}
