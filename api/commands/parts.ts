import { assertAwsAnswers } from "../../infra/ecs/account.ts";
import { setUp } from "../../infra/toolchain/setup.ts";
import { openDataFolder } from "../../stacks/data-folder.ts";
import type { Config } from "../config.ts";
import { childEnvironment } from "../server.ts";

/** `env`: prints what makes the plain pulumi CLI see this installation's stacks. */
export async function environment(config: Config): Promise<void> {
  await openDataFolder(config.stacks.dataDir);
  const toolchain = await setUp({ environment: config.environment, target: config.stacks.target });
  for (const [name, value] of Object.entries(await childEnvironment(config, toolchain))) {
    if (name === "PATH" || name === "BERTH_HOME" || name.startsWith("PULUMI_")) {
      console.log(`export ${name}=${shellQuoted(value)}`);
    }
  }
}

/** `doctor`: names the parts in use. */
export async function doctor(config: Config): Promise<void> {
  const { target } = config.stacks;
  const { pulumi, plugins, docker } = await setUp({ environment: config.environment, target });
  console.log(`pulumi ${pulumi.version} (${pulumi.origin}): ${pulumi.path}`);
  for (const { name, origin, path } of plugins) console.log(`plugin ${name} (${origin}): ${path}`);
  if (docker) console.log(`docker engine ${docker.version} (${docker.origin})`);
  for (const { region } of config.aws)
    console.log(`aws ${region}, account ${await assertAwsAnswers(region)}`);
  console.log(`assistant image ${config.stacks.assistantImage}`);
  console.log(`data folder ${config.stacks.dataDir}, state ${config.stacks.backendUrl}`);
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
