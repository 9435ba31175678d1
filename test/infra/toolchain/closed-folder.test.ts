// Berth's own folders are closed to other users, or refused by name; and a clone that PATH can't hold is.
import { spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cacheFolder } from "../../../infra/toolchain/cache.ts";
import { assertClosedForWriting } from "../../../infra/toolchain/closed-folder.ts";

const TOOLCHAIN = fileURLToPath(new URL("../../../infra/toolchain", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-closed-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("the cache, from which programs are run, is closed", async () => {
  await mkdir(join(folder, "berth"), { mode: 0o755 });
  await chmod(join(folder, "berth"), 0o777);
  const cache = await cacheFolder({ XDG_CACHE_HOME: folder });
  expect((await stat(cache)).mode & 0o777).toBe(0o700);
});

it("a cache that can't be made is refused by name, with its setting", async () => {
  await expect(cacheFolder({ XDG_CACHE_HOME: "/dev/null" })).rejects.toThrow(
    /The cache \/dev\/null\/berth can't be made: .*Set XDG_CACHE_HOME/,
  );
});

it("a folder that is shared with a group is taken, one that everybody can write is refused", async () => {
  const asked = { what: "folder of backups", variable: "BERTH_BACKUP_DIR" };
  await chmod(folder, 0o770);
  await assertClosedForWriting(folder, asked);
  await assertClosedForWriting(join(folder, "none"), asked);
  await chmod(folder, 0o777);
  await expect(assertClosedForWriting(folder, asked)).rejects.toThrow(
    `${folder} can be written by every user (mode 0777). Close it`,
  );
});

it("a clone whose path has a delimiter of PATH is refused by name, before anything is installed", async () => {
  const clone = join(folder, "a:b/infra/toolchain");
  await mkdir(clone, { recursive: true });
  for (const name of ["bootstrap.mjs", "dependencies.mjs", "node.mjs", "npm.mjs", "wanted-environment.mjs"])
    await copyFile(join(TOOLCHAIN, name), join(clone, name));
  const { status, stderr } = spawnSync(process.execPath, [join(clone, "bootstrap.mjs"), "api/main.ts"]);
  expect(status).toBe(1);
  expect(String(stderr)).toContain(`${folder}/a:b`);
  expect(String(stderr)).toContain("Move Berth.");
});
