// The plugins that the program needs: official ones where they are or can be had, else Berth's own stand-ins.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { exists } from "./cache.ts";
import { SetupError, say, step } from "./progress.ts";
import type { PulumiCli } from "./pulumi-cli.ts";
import { canDownload, giveUpForToday } from "./pulumi-site.ts";
import { run } from "./run.ts";
import { allOnPath } from "./search-path.ts";

const STAND_INS = fileURLToPath(new URL("./stand-ins/bin", import.meta.url));
/** Those of another clone are on PATH after its `berth env`. */
const IS_STAND_IN = /\/infra\/toolchain\/[\w-]+\/bin$/;
const INSTALL_TIMEOUT_MS = 300_000;
const PLUGINS = [
  { name: "docker", executable: "pulumi-resource-docker", version: "5.2.0", target: "docker" },
  { name: "aws", executable: "pulumi-resource-aws", version: "7.48.0", target: "aws" },
  { name: "command", executable: "pulumi-resource-command", version: "1.2.1", target: undefined },
  { name: "nodejs", executable: "pulumi-language-nodejs", version: undefined, target: undefined },
] as const;
type Wanted = (typeof PLUGINS)[number];

export interface Plugin {
  readonly name: Wanted["name"];
  readonly origin: "official" | "stand-in";
  readonly path: string;
}

/**
 * Finds each plugin of a target, gets the official ones where Pulumi's site can be reached.
 * @throws SetupError when one can't be had that has no stand-in.
 */
export async function ensurePlugins(
  cache: string,
  pulumi: PulumiCli,
  environment: NodeJS.ProcessEnv,
  target: string,
): Promise<readonly Plugin[]> {
  const plugins = PLUGINS.filter((plugin) => !plugin.target || plugin.target === target);
  const find = () => Promise.all(plugins.map((wanted) => findOfficial(wanted, pulumi, environment)));
  let official = await find();
  const missing = plugins.filter(({ version }, index) => version && !official[index]);
  if (missing.length > 0 && (await canDownload(cache))) {
    await step("Getting Pulumi's plugins", () => install(missing, cache, pulumi, environment));
    official = await find();
  }
  return plugins.map(({ name, executable, version }, index) => {
    const path = official[index];
    if (path) return { name, origin: "official", path };
    if (name === "aws") throw noAws(version);
    return { name, origin: "stand-in", path: join(STAND_INS, executable) };
  });
}

function noAws(version: string): SetupError {
  return new SetupError(
    "Getting Pulumi's plugin aws",
    "it is not installed here and Pulumi's site can't be reached; it has no stand-in.",
    `Install it where that site can be reached: pulumi plugin install resource aws ${version}. Or set BERTH_TARGET=docker.`,
  );
}

/** Folders in which the engine is to find them. It takes the first of a name: official ones precede the stand-ins. */
export function pluginFolders(plugins: readonly Plugin[]): readonly string[] {
  const folders = (wanted: Plugin["origin"]) =>
    plugins.filter(({ origin }) => origin === wanted).map(({ path }) => dirname(path));
  return [...folders("official"), ...folders("stand-in")];
}

async function findOfficial(
  { name, executable, version }: Wanted,
  pulumi: PulumiCli,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const beside = join(dirname(pulumi.path), executable);
  if (await exists(beside)) return beside;
  const onPath = (await allOnPath(executable, environment)).find((path) => !IS_STAND_IN.test(dirname(path)));
  if (onPath) return onPath;
  const home = environment.PULUMI_HOME || join(environment.HOME ?? "", ".pulumi");
  const installed = join(home, "plugins", `resource-${name}-v${version}`, executable);
  return (await exists(installed)) ? installed : undefined;
}

/** One that can't be had is replaced by its stand-in: no reason to stop. */
async function install(
  wanted: readonly Wanted[],
  cache: string,
  pulumi: PulumiCli,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  for (const { name, version } of wanted) {
    const command = ["plugin", "install", "resource", name, version ?? ""];
    await run(pulumi.path, command, { environment, timeoutMs: INSTALL_TIMEOUT_MS }).catch(
      async (error: Error) => {
        say(`Pulumi's plugin ${name} can't be had, the stand-in takes its place: ${error.message}`);
        await giveUpForToday(cache);
      },
    );
  }
}
