// `npm run -s berth -- …`: the operator's command.
import { printFailure } from "../infra/toolchain/progress.ts";
import { aws } from "./commands/aws.ts";
import { doctor } from "./commands/doctor.ts";
import { environment } from "./commands/env.ts";
import { HOST_USAGE, host } from "./commands/host.ts";
import { KEYS_USAGE, keys } from "./commands/keys.ts";
import { pay } from "./commands/pay.ts";
import { UPGRADE_USAGE, upgrade } from "./commands/upgrade.ts";
import { type Config, readConfig } from "./config/config.ts";
import { VERSION } from "./contract/version.ts";

const USAGE = `Usage: npm run -s berth -- <command>

  --version  print the version of Berth
  env        print the exports that make the plain pulumi CLI see this installation's stacks:
             eval "$(npm run -s berth -- env)"
  doctor [id] [--json]
             name the parts in use, then audit all deployments, or one, by the running server;
             fails if anything is wrong
  aws up | preview | outputs | destroy [arguments of pulumi]
             make, look at or remove what the assistants of an AWS region share
  aws policy
             print what Berth's own AWS credentials need, as an IAM policy
  pay <id>   pay for a slot on its simulated checkout page
${HOST_USAGE}${UPGRADE_USAGE}${KEYS_USAGE}`;

const COMMANDS: Readonly<Record<string, (config: Config, args: readonly string[]) => Promise<void>>> = {
  aws,
  env: environment,
  doctor,
  host,
  pay,
  keys,
  upgrade,
};

try {
  const [name = "", ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (name === "--version") console.log(VERSION);
  else if (command) await command(readConfig(), args);
  else {
    process.stderr.write(USAGE);
    process.exitCode = name ? 1 : 0;
  }
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
}
