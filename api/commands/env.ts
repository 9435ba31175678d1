import { assertAwsAnswers } from "../../infra/aws/account.ts";
import { setUp } from "../../infra/toolchain/setup.ts";
import { openDataFolder } from "../../stacks/data-folder.ts";
import type { Config } from "../config/config.ts";
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

/** The parts in use, a line each. */
export async function partsInUse(config: Config): Promise<string[]> {
  const { target } = config.stacks;
  const { pulumi, plugins, docker } = await setUp({ environment: config.environment, target });
  const aws = config.aws.map(
    async ({ region }) => `aws ${region}, account ${await assertAwsAnswers(region)}`,
  );
  return [
    `pulumi ${pulumi.version} (${pulumi.origin}): ${pulumi.path}`,
    ...plugins.map(({ name, origin, path }) => `plugin ${name} (${origin}): ${path}`),
    ...(docker ? [`docker engine ${docker.version} (${docker.origin})`] : []),
    ...(await Promise.all(aws)),
    `assistant image ${config.stacks.assistantImage}`,
    `data folder ${config.stacks.dataDir}, state ${config.stacks.backendUrl}`,
  ];
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
