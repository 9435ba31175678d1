// `npm run -s berth -- …`: the operator's command.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assertAwsAnswers } from "../infra/ecs/account.ts";
import { printFailure } from "../infra/toolchain/progress.ts";
import { setUp } from "../infra/toolchain/setup.ts";
import { openDataFolder } from "../stacks/data-folder.ts";
import { aws } from "./aws-command.ts";
import { type Config, readConfig } from "./config.ts";
import { childEnvironment } from "./server.ts";

const USAGE = `Usage: npm run -s berth -- <command>

  env        print the exports that make the plain pulumi CLI see this installation's stacks:
             eval "$(npm run -s berth -- env)"
  doctor     name the parts in use: pulumi, plugins, container engine
  aws up | preview | outputs | destroy [arguments of pulumi]
             make, look at or remove what the assistants of an AWS region share
  pay <id>   pay for a slot on its simulated checkout page
`;

const COMMANDS: Readonly<Record<string, (config: Config, ...args: string[]) => Promise<void>>> = {
  aws,
  env: printEnvironment,
  doctor,
  pay,
};

try {
  const [name = "", ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) await command(readConfig(), ...args);
  else {
    process.stderr.write(USAGE);
    process.exitCode = name ? 1 : 0;
  }
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
}

async function printEnvironment(config: Config): Promise<void> {
  await openDataFolder(config.stacks.dataDir);
  const toolchain = await setUp({ environment: config.environment, target: config.stacks.target });
  const environment = await childEnvironment(config, toolchain);
  for (const [name, value] of Object.entries(environment)) {
    if (name === "PATH" || name === "BERTH_HOME" || name.startsWith("PULUMI_")) {
      console.log(`export ${name}=${shellQuoted(value)}`);
    }
  }
}

async function doctor(config: Config): Promise<void> {
  const { target } = config.stacks;
  const { pulumi, plugins, docker } = await setUp({ environment: config.environment, target });
  console.log(`pulumi ${pulumi.version} (${pulumi.origin}): ${pulumi.path}`);
  for (const { name, origin, path } of plugins) console.log(`plugin ${name} (${origin}): ${path}`);
  if (docker) console.log(`docker engine ${docker.version} (${docker.origin})`);
  if (config.aws)
    console.log(`aws ${config.aws.region}, account ${await assertAwsAnswers(config.aws.region)}`);
  console.log(`assistant image ${config.stacks.assistantImage}`);
  console.log(`data folder ${config.stacks.dataDir}, state ${config.stacks.backendUrl}`);
}

/** Goes through the running server: an embedded database belongs to its process alone. */
async function pay(config: Config, deploymentId?: string): Promise<void> {
  if (!deploymentId) throw new Error("Which slot? npm run -s berth -- pay <deploymentId>");
  const url = `http://${config.host}:${config.port}`;
  const apiKey = config.apiKey ?? (await readFile(join(config.stacks.dataDir, "api-key"), "utf8")).trim();
  const shown = await fetch(`${url}/api/v1/assistants/${deploymentId}`, {
    headers: { "X-API-Key": apiKey },
  }).catch(() => {
    throw new Error(
      `Berth does not answer on ${url}. Start it with npm start, or set HOST and PORT as it has them.`,
    );
  });
  const { data, error } = (await shown.json()) as {
    data?: { checkoutUrl: string | null };
    error?: { message: string };
  };
  if (!data) throw new Error(error?.message ?? `Berth answered ${shown.status}.`);
  if (!data.checkoutUrl) return console.log("This slot is paid already.");
  const paid = await fetch(data.checkoutUrl, { method: "POST" });
  if (!paid.ok) throw new Error(`The checkout answered ${paid.status}; the slot is still unpaid.`);
  console.log("Paid. The slot can be activated.");
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
