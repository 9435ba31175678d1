// Builds the dashboard, once per version of its source: Vite's files, each also compressed.
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { cached, cacheFolder, exists } from "../infra/toolchain/cache.ts";
import { step } from "../infra/toolchain/progress.ts";
import { run } from "../infra/toolchain/run.ts";
import { npmProgram } from "../infra/toolchain/setup.ts";
import { useBuild } from "../infra/toolchain/unused-builds.ts";

const SOURCE = new URL("web/", import.meta.url).pathname;
/** Of an image of Berth, which has it already. */
const BUILT = new URL("../built/", import.meta.url).pathname;
const LOCKFILE = new URL("../package-lock.json", import.meta.url).pathname;
const COMPRESSED = /\.(?:js|css|svg|html)$/;

/**
 * Folder of the built dashboard.
 * @throws Error when Vite fails
 */
export async function buildDashboard(environment: NodeJS.ProcessEnv): Promise<string> {
  const name = `dashboard-${await fingerprint()}`;
  if (await exists(join(BUILT, name))) return join(BUILT, name);
  const cache = await cacheFolder(environment);
  const built = await cached(cache, name, (folder) =>
    step("Building the dashboard", async () => {
      const options = ["--config", join(SOURCE, "vite.config.ts"), "--outDir", folder];
      // In a process of its own: the server keeps nothing of it in memory. Unless it is production, React is ten times slower.
      await run(npmProgram("vite"), ["build", ...options], {
        environment: { PATH: environment.PATH, HOME: environment.HOME, NODE_ENV: "production" },
      });
      await compress(folder);
    }),
  );
  await useBuild(cache, name);
  return built;
}

/** Of everything that the result depends on. */
async function fingerprint(): Promise<string> {
  const hash = createHash("sha256").update(await readFile(LOCKFILE));
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
