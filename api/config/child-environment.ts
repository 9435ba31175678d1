// The environment in which this installation's child processes run.
import { join } from "node:path";
import { keptSecret, openDataFolder } from "../../stacks/data-folder.ts";
import { pulumiEnvironment } from "../../stacks/pulumi/environment.ts";
import type { Config } from "./config.ts";

/** What set-up has found or made. */
export interface Tools {
  readonly pulumi: { readonly path: string; readonly version: string };
  readonly plugins: readonly { readonly name: string; readonly origin: "official" | "stand-in" }[];
  /** PATH of child processes. */
  readonly searchPath: string;
}

/** The environment in which every `pulumi` of this installation runs. */
export async function childEnvironment(config: Config, tools: Tools): Promise<Record<string, string>> {
  const { dataDir, backendUrl } = config.stacks;
  const inherited = Object.entries(config.environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const passphrase = config.passphrase ?? { file: join(dataDir, "passphrase") };
  if (!config.passphrase) await keptSecret(dataDir, "passphrase");
  if (backendUrl.startsWith("file://")) await openDataFolder(new URL(backendUrl).pathname);
  return {
    ...Object.fromEntries(inherited),
    ...pulumiEnvironment({ searchPath: tools.searchPath, backendUrl, passphrase }),
  };
}
