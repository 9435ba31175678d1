import { needsOf, targetsOf } from "../../infra/targets.ts";
import { setUp } from "../../infra/toolchain/setup.ts";
import { openDataFolder } from "../../stacks/data-folder.ts";
import { childEnvironment } from "../config/child-environment.ts";
import type { Config } from "../config/config.ts";

/** `env`: prints what makes the plain pulumi CLI see this installation's stacks. */
export async function environment(config: Config): Promise<void> {
  await openDataFolder(config.stacks.dataDir);
  const needs = needsOf(targetsOf(config.places));
  const toolchain = await setUp({ environment: config.environment, needs, onNoEngine: () => {} });
  for (const [name, value] of Object.entries(await childEnvironment(config, toolchain))) {
    if (name === "PATH" || name === "BERTH_HOME" || name.startsWith("PULUMI_")) {
      console.log(`export ${name}=${shellQuoted(value)}`);
    }
  }
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
