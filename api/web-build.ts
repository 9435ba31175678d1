// Builds the dashboard, once per version of its source: Vite's files, each also compressed. What it is built of is on a server
// for as long as that takes: nothing that runs needs it.
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { cached, cacheFolder, exists } from "../infra/toolchain/cache.ts";
import { installedPackages, lockedPackages, npm } from "../infra/toolchain/npm.mjs";
import { step } from "../infra/toolchain/progress.ts";
import { run } from "../infra/toolchain/run.ts";
import { useBuild } from "../infra/toolchain/unused-builds.ts";

const CLONE = fileURLToPath(new URL("../", import.meta.url));
const SOURCE = join(CLONE, "api/web");
/** A rule that the dashboard shares with the command `upgrade`. */
const SHARED = "stacks/operations/rollout.ts";
/** Of the clone, what Vite and npm read. */
const READ = ["api/web", SHARED, "tsconfig.json", "package-lock.json"];
/** The packages that the source imports, and Vite. Those in package.json that only tests need are no part of it. */
export const BUILT_OF = [
  "@mantine/charts",
  "@mantine/core",
  "@mantine/form",
  "@mantine/hooks",
  "@mantine/notifications",
  "@tanstack/react-query",
  "@tanstack/react-router",
  "@tanstack/react-virtual",
  "openapi-fetch",
  "react",
  "react-dom",
  "recharts",
  "vite",
] as const;
/** As the lockfile has them. */
const PATHS = BUILT_OF.map((name) => `node_modules/${name}`);
/** Of an image of Berth, which has it already. */
const BUILT = join(CLONE, "built");
const COMPRESSED = /\.(?:js|css|svg|html)$/;

/**
 * Folder of the built dashboard.
 * @throws Error when what it is built of can't be had, or Vite fails
 */
export async function buildDashboard(environment: NodeJS.ProcessEnv): Promise<string> {
  const name = `dashboard-${await fingerprint()}`;
  if (await exists(join(BUILT, name))) return join(BUILT, name);
  const cache = await cacheFolder(environment);
  const built = await cached(cache, name, (folder) =>
    step("Building the dashboard", async () => {
      if (isInstalled()) await build(CLONE, folder, environment);
      else await buildInRoom(folder, environment);
      await compress(folder);
    }),
  );
  await useBuild(cache, name);
  return built;
}

/** Whether this clone has what it is built of, as one where tests have been run. */
function isInstalled(): boolean {
  const [locked, installed] = [lockedPackages(CLONE), installedPackages(CLONE)];
  return PATHS.every((path) => installed[path]?.version === locked[path]?.version);
}

/** Vite's files, from the source below `root` to `folder`. */
async function build(root: string, folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const options = ["--config", join(root, "api/web/vite.config.ts"), "--outDir", folder];
  // In a process of its own: the server keeps nothing of it in memory. Unless it is production, React is ten times slower.
  await run(join(root, "node_modules/.bin/vite"), ["build", ...options], {
    environment: { PATH: environment.PATH, HOME: environment.HOME, NODE_ENV: "production" },
  });
}

/** As build, in a folder that has what it takes, in the versions of the lockfile, until it is done. */
export async function buildInRoom(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  // By this name the next build removes it, if this process is killed.
  const room = `${folder}-room`;
  try {
    await mkdir(room);
    for (const name of READ) await cp(join(CLONE, name), join(room, name), { recursive: true });
    const { devDependencies, overrides } = JSON.parse(await readFile(join(CLONE, "package.json"), "utf8"));
    const dependencies = Object.fromEntries(BUILT_OF.map((name) => [name, devDependencies[name]]));
    const manifest = { private: true, type: "module", dependencies, overrides };
    await writeFile(join(room, "package.json"), JSON.stringify(manifest));
    // Of the lockfile it takes what these need, and from the registry what the last build has not left in npm's cache.
    const args = ["install", "--ignore-scripts", "--include=optional", "--prefer-offline"];
    await npm("what the dashboard is built of", args, { folder: room, paths: PATHS });
    await build(room, folder, environment);
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

/** Of everything that the result depends on. */
async function fingerprint(): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(CLONE, "package-lock.json")));
  hash.update(await readFile(join(CLONE, SHARED)));
  for (const path of (await filesIn(SOURCE)).sort())
    hash.update(path).update(await readFile(join(SOURCE, path)));
  return hash.digest("hex").slice(0, 16);
}

async function compress(folder: string): Promise<void> {
  for (const path of await filesIn(folder)) {
    if (!COMPRESSED.test(path)) continue;
    const bytes = await readFile(join(folder, path));
    const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
    await writeFile(join(folder, `${path}.br`), await promisify(brotliCompress)(bytes, best));
    await writeFile(join(folder, `${path}.gz`), await promisify(gzip)(bytes, { level: 9 }));
  }
}

/** Paths below a folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, "/").length));
}
