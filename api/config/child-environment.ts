// The environment in which this installation's child processes run.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { assertClosedForWriting } from "../../infra/toolchain/closed-folder.ts";
import type { Plugin } from "../../infra/toolchain/plugins.ts";
import { keptKey } from "../../stacks/keys/key-files.ts";
import { assertPassphraseFits } from "../../stacks/keys/locked-with.ts";
import { pulumiEnvironment } from "../../stacks/pulumi/environment.ts";
import { keepNoLogs } from "../../stacks/pulumi/no-logs.ts";
import { stateFolder } from "../../stacks/pulumi/state-files.ts";
import type { Config } from "./config.ts";

/** What set-up has found or made. */
export interface Tools {
  readonly pulumi: { readonly path: string; readonly version: string };
  readonly plugins: readonly Plugin[];
  /** PATH of child processes. */
  readonly searchPath: string;
}

/**
 * The environment in which every `pulumi` of this installation runs.
 * @throws Error when the passphrase is lost, empty or damaged
 */
export async function childEnvironment(config: Config, tools: Tools): Promise<Record<string, string>> {
  const { dataDir, backendUrl, backups } = config.stacks;
  const passphrase = config.passphrase ?? { file: join(dataDir, "passphrase") };
  const states = stateFolder(backendUrl);
  if ("file" in passphrase && config.passphrase) await assertHasPassphrase(passphrase.file);
  if (!config.passphrase) {
    await assertPassphraseFits({ folder: dataDir, stateFolder: states });
    await keptKey(dataDir, "passphrase");
  }
  if (states) {
    await mkdir(states, { recursive: true, mode: 0o700 });
    await assertClosedForWriting(states, {
      what: "folder of Pulumi's state",
      variable: "PULUMI_BACKEND_URL",
    });
  }
  await assertClosedForWriting(backups.folder, { what: "folder of backups", variable: "BERTH_BACKUP_DIR" });
  await keepNoLogs(config.operationsEnvironment.PULUMI_HOME ?? "");
  return {
    ...config.operationsEnvironment,
    ...pulumiEnvironment({ searchPath: tools.searchPath, backendUrl, passphrase }),
  };
}

/** Pulumi would make stacks under the empty passphrase of an empty file, and open none that were made with another one. */
async function assertHasPassphrase(file: string): Promise<void> {
  const why = await readFile(file, "utf8").then(
    (text) => (/[^\s\0]/.test(text) ? undefined : "is empty"),
    (error: Error) => `can't be read: ${error.message}`,
  );
  if (why)
    throw new Error(
      `The file ${file} that PULUMI_CONFIG_PASSPHRASE_FILE names ${why}. Put the passphrase back there, or name another file.`,
    );
}
