// `npm run -s berth -- aws …`: drives the foundation's stack with the plain pulumi CLI, in this terminal. What imports
// AWS's packages is loaded only when they are installed.
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { AwsRegion } from "../../infra/aws/place.ts";
import { FOUNDATION_PROJECT, readFoundation } from "../../infra/aws/read-foundation.ts";
import { targetNamed } from "../../infra/targets.ts";
import { installPackages, setUp } from "../../infra/toolchain/setup.ts";
import { type Claim, claimFolder, openDataFolder } from "../../stacks/data-folder.ts";
import { childEnvironment } from "../config/child-environment.ts";
import type { Config } from "../config/config.ts";

/** Arguments of pulumi for each command, ahead of those that the operator adds. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  up: ["up"],
  preview: ["preview"],
  outputs: ["stack", "output", "--json"],
  destroy: ["destroy"],
};

/** @throws Error when AWS refuses or a setting is missing; then nothing was changed. */
export async function aws(config: Config, [name = "", ...more]: readonly string[]): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command && name !== "policy") {
    const known = [...Object.keys(COMMANDS), "policy"].join("|");
    throw new Error(`Which one? npm run -s berth -- aws ${known}`);
  }
  const [place, other] = config.aws;
  if (!place) throw new Error("Set BERTH_TARGET=aws and BERTH_AWS_REGION first.");
  if (other)
    throw new Error(`One region at a time: BERTH_AWS_REGION=${other.region} npm run -s berth -- aws ${name}`);
  await installPackages(targetNamed("aws").needs);
  if (!command) return printPolicy(place, config);
  const { region, foundation: stack } = place;
  if (typeof stack !== "string") {
    throw new Error("BERTH_AWS_FOUNDATION names parts that are there already: there is no stack to work on.");
  }
  const { assertAwsAnswers } = await import("../../infra/aws/account.ts");
  await assertAwsAnswers(region);
  const claim = await claimFoundation(await openDataFolder(config.stacks.dataDir), stack);
  const tools = await setUp({ environment: config.environment, needs: targetNamed("aws").needs });
  const environment = await childEnvironment(config, tools);
  const pulumi = (...args: string[]) => run(tools.pulumi.path, args, environment);
  try {
    if (name === "up" || name === "preview") {
      await pulumi("stack", "select", "--create", stack);
      await pulumi("config", "set", "--stack", stack, "region", region);
    }
    await pulumi(...command, "--stack", stack, ...more);
  } finally {
    await claim.release();
  }
}

/** One process at a time writes the config of a foundation's stack. @throws Error naming it while another one does */
async function claimFoundation(dataDir: string, stack: string): Promise<Claim> {
  const folder = join(dataDir, "foundations", stack);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const claim = await claimFolder(folder);
  if (claim) return claim;
  throw new Error(
    `Another process works on the foundation ${stack} (it has ${folder}). Wait until it has ended.`,
  );
}

/** What the credentials of `npm start` may do, for the administrator of the account. Calls AWS for nothing. */
async function printPolicy({ foundation: given }: AwsRegion, config: Config): Promise<void> {
  const { backendUrl } = config.stacks;
  const bucket = backendUrl.startsWith("s3://") ? new URL(backendUrl).host : undefined;
  let foundation = given;
  if (typeof foundation === "string") {
    await openDataFolder(config.stacks.dataDir);
    const tools = await setUp({ environment: config.environment, needs: targetNamed("aws").needs });
    foundation = await readFoundation(foundation, tools.pulumi.path, await childEnvironment(config, tools));
  }
  const { credentialsPolicy } = await import("../../infra/aws/policy.ts");
  console.log(JSON.stringify(credentialsPolicy(foundation, bucket), null, 2));
}

async function run(program: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const child = spawn(program, args, { cwd: FOUNDATION_PROJECT, env, stdio: "inherit" });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("exit", resolve).once("error", reject);
  });
  if (code !== 0) throw new Error(`pulumi ${args[0]} ended with ${code}; its words are above.`);
}
