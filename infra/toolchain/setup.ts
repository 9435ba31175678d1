// Set-up: finds or makes everything that Berth runs on. With nothing missing it costs a fraction of a second.
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./cache.ts";
import { type DockerEngine, findDocker, startDocker } from "./docker-engine.ts";
import { ensurePlugins, type Plugin, pluginFolders } from "./plugins.ts";
import { printFailure } from "./progress.ts";
import { ensurePulumi, type PulumiCli } from "./pulumi-cli.ts";

const NODE_BIN = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));

export interface Toolchain {
  readonly pulumi: PulumiCli;
  readonly plugins: readonly Plugin[];
  /** Of the target docker. */
  readonly docker: DockerEngine | undefined;
  /** PATH of every child process: Node 24, the CLI, plugins, then what was inherited. */
  readonly searchPath: string;
  readonly cache: string;
}

/** @throws SetupError naming the step, why it failed and what to do. */
export async function setUp({
  environment,
  target,
}: {
  readonly environment: NodeJS.ProcessEnv;
  /** Its name: see ../targets.ts. */
  readonly target: string;
}): Promise<Toolchain> {
  const cache = await cacheFolder(environment);
  // What can't be mended here is told before minutes go into the rest.
  const running = target === "docker" ? await findDocker(environment) : undefined;
  const isToStart = target === "docker" && !running;
  const [docker, pulumi] = await both(
    isToStart ? startDocker(cache, environment) : Promise.resolve(running),
    ensurePulumi(cache, environment),
  );
  const plugins = await ensurePlugins(cache, pulumi, environment, target);
  const inherited = (environment.PATH ?? "").split(delimiter);
  const folders = [NODE_BIN, dirname(pulumi.path), ...pluginFolders(plugins), ...inherited];
  return { pulumi, plugins, docker, cache, searchPath: [...new Set(folders)].join(delimiter) };
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
