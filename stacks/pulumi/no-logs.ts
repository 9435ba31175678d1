// Pulumi writes a log of each of its calls, with all that it hands to plugins, compressed and encrypted: half of a call's CPU, and
// up to 500 MB. It goes on without one where it can't make the folder, and nothing else of Pulumi turns that off.
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const WHY = "Berth keeps Pulumi from logging here. Remove this file, and Pulumi writes its logs again.\n";

/** Puts a file where the folder would be, in the home of Pulumi that is Berth's own: another one stays as it is. */
export async function keepNoLogs(pulumiHome: string): Promise<void> {
  if (basename(pulumiHome) !== "pulumi-home" || basename(dirname(pulumiHome)) !== "berth") return;
  const logs = join(pulumiHome, "logs");
  try {
    await mkdir(pulumiHome, { recursive: true, mode: 0o700 });
    if ((await stat(logs).catch(() => undefined))?.isFile()) return;
    await rm(logs, { recursive: true, force: true });
    await writeFile(logs, WHY, { mode: 0o600 });
  } catch {
    // Another process makes it, or logs there just now: with its logs Pulumi does the same, later.
  }
}
