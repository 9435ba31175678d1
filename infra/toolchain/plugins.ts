// The plugins that the program needs: official ones where they are or can be had, else Berth's own stand-ins.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PluginWanted } from "../target-row.ts";
import { buildKubernetesPlugin } from "./build-kubernetes-plugin.ts";
import { cached, exists } from "./cache.ts";
import { SetupError, say, step } from "./progress.ts";
import type { PulumiCli } from "./pulumi-cli.ts";
import { canDownload, giveUpForToday } from "./pulumi-site.ts";
import { run } from "./run.ts";
import { allOnPath } from "./search-path.ts";
import { pluginVersion } from "./versions.ts";

const STAND_INS = fileURLToPath(new URL("./stand-ins/bin", import.meta.url));
/** Those of another clone are on PATH after its `berth env`. */
const IS_STAND_IN = /\/infra\/toolchain\/[\w-]+\/bin$/;
const INSTALL_TIMEOUT_MS = 300_000;
/** Those that every target needs. */
const COMMON: readonly PluginWanted[] = [
  {
    name: "command",
    executable: "pulumi-resource-command",
    version: pluginVersion("@pulumi/command"),
    hasStandIn: true,
  },
  { name: "nodejs", executable: "pulumi-language-nodejs", version: undefined, hasStandIn: true },
];
/** Official ones that a package registry has the source of, by their names. */
const BUILDS: Readonly<Record<string, typeof buildKubernetesPlugin>> = { kubernetes: buildKubernetesPlugin };

export interface Plugin {
  readonly name: string;
  readonly origin: "official" | "stand-in";
  readonly path: string;
}

/**
 * Finds each plugin of a target, gets the official ones where Pulumi's site can be reached, builds those that can be.
 * @throws SetupError when one can't be had that has no stand-in.
 */
export async function ensurePlugins(
  cache: string,
  pulumi: PulumiCli,
  environment: NodeJS.ProcessEnv,
  ofTarget: readonly PluginWanted[],
): Promise<readonly Plugin[]> {
  const plugins = [...ofTarget, ...COMMON];
  const find = () => Promise.all(plugins.map((wanted) => findOfficial(wanted, pulumi, environment)));
  let official = await find();
  const missing = plugins.filter(({ version }, index) => version && !official[index]);
  if (missing.length > 0 && (await canDownload(cache))) {
    await step("Getting Pulumi's plugins", () => install(missing, cache, pulumi, environment));
    official = await find();
  }
  const found: Plugin[] = [];
  for (const [index, wanted] of plugins.entries()) {
    const { name, executable, hasStandIn } = wanted;
    const path = official[index] ?? (await build(wanted, cache, environment));
    if (!path && !hasStandIn) throw noStandIn(wanted);
    found.push(
      path
        ? { name, origin: "official", path }
        : { name, origin: "stand-in", path: join(STAND_INS, executable) },
    );
  }
  return found;
}

/** Its path, if it is one that can be built. @throws SetupError when that fails */
async function build(
  { name, executable, version }: PluginWanted,
  cache: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const make = BUILDS[name];
  if (!make || !version) return undefined;
  const folder = await cached(cache, `${executable}-${version}-built`, (unfinished) =>
    make(version, unfinished, environment),
  );
  return join(folder, executable);
}

function noStandIn({ name, version }: PluginWanted): SetupError {
  return new SetupError(
    `Getting Pulumi's plugin ${name}`,
    "it is not installed here and Pulumi's site can't be reached; it has no stand-in.",
    `Install it where that site can be reached: pulumi plugin install resource ${name} ${version}. Or set BERTH_TARGET=docker.`,
  );
}

/** Folders in which the engine is to find them. It takes the first of a name: official ones precede the stand-ins. */
export function pluginFolders(plugins: readonly Plugin[]): readonly string[] {
  const folders = (wanted: Plugin["origin"]) =>
    plugins.filter(({ origin }) => origin === wanted).map(({ path }) => dirname(path));
  return [...folders("official"), ...folders("stand-in")];
}

async function findOfficial(
  { name, executable, version }: PluginWanted,
  pulumi: PulumiCli,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const beside = join(dirname(pulumi.path), executable);
  if (await exists(beside)) return beside;
  const onPath = (await allOnPath(executable, environment)).find((path) => !IS_STAND_IN.test(dirname(path)));
  if (onPath) return onPath;
  // Berth's own home of Pulumi, then the user's.
  for (const home of [environment.PULUMI_HOME, join(environment.HOME ?? "", ".pulumi")]) {
    const installed = join(home || "", "plugins", `resource-${name}-v${version}`, executable);
    if (home && (await exists(installed))) return installed;
  }
  return undefined;
}

/** One that can't be had is replaced by its stand-in: no reason to stop. */
async function install(
  wanted: readonly PluginWanted[],
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
