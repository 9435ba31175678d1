// Set-up: finds or makes everything that Berth runs on. With nothing missing it costs a fraction of a second.
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Needs } from "../target-row.ts";
import { cacheFolder } from "./cache.ts";
import { installDependencies } from "./dependencies.mjs";
import { type DockerEngine, findDocker, startDocker } from "./docker-engine.ts";
import { withNode } from "./node.mjs";
import { ensurePlugins, type Plugin, pluginFolders } from "./plugins.ts";
import { printFailure } from "./progress.ts";
import { ensurePulumi, type PulumiCli } from "./pulumi-cli.ts";

const NODE_BIN = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));

export interface Toolchain {
  readonly pulumi: PulumiCli;
  readonly plugins: readonly Plugin[];
  /** Undefined where none is needed. */
  readonly docker: DockerEngine | undefined;
  /** PATH of every child process: npm's programs, the CLI, plugins, then what was inherited; `node` is this process's. */
  readonly searchPath: string;
  readonly cache: string;
}

/** @throws SetupError naming the step, why it failed and what to do. */
export async function setUp({
  environment,
  needs,
  onNoEngine,
}: {
  readonly environment: NodeJS.ProcessEnv;
  /** Of the target: see ../targets.ts. */
  readonly needs: Needs;
  /** For who can do without an engine for a while: gets why there is none, in place of an error. */
  readonly onNoEngine?: (error: Error) => void;
}): Promise<Toolchain> {
  await installPackages(needs);
  const cache = await cacheFolder(environment);
  // What can't be mended here is reported before minutes go into the rest.
  const without = (error: Error): undefined => {
    if (!onNoEngine) throw error;
    onNoEngine(error);
  };
  let isToStart = needs.dockerEngine;
  const running = needs.dockerEngine
    ? await findDocker(environment).catch((error: Error) => {
        isToStart = false;
        return without(error);
      })
    : undefined;
  const [docker, pulumi] = await both(
    isToStart && !running ? startDocker(cache, environment).catch(without) : Promise.resolve(running),
    ensurePulumi(cache, environment),
  );
  const plugins = await ensurePlugins(cache, pulumi, environment, needs.plugins);
  const inherited = withNode(process.execPath, environment.PATH ?? "").split(delimiter);
  const folders = [NODE_BIN, dirname(pulumi.path), ...pluginFolders(plugins), ...inherited];
  return { pulumi, plugins, docker, cache, searchPath: [...new Set(folders)].join(delimiter) };
}

/** Installs the npm packages that only this target needs. @throws Error that says what to do */
export async function installPackages({ optionalPackages = [] }: Needs): Promise<void> {
  if (optionalPackages.length > 0) await installDependencies([], optionalPackages);
}

/** Path of a program that npm installed. */
export function npmProgram(name: string): string {
  return join(NODE_BIN, name);
}

/** When one fails the other is finished, and kept, before the command ends. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [one, other] = await Promise.allSettled([first, second]);
  if (one.status === "rejected") {
    if (other.status === "rejected") printFailure(other.reason);
    throw one.reason;
  }
  if (other.status === "rejected") throw other.reason;
  return [one.value, other.value];
}
