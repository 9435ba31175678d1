import { spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { claimDataFolder, claimFolder, openDataFolder } from "../../stacks/data-folder.ts";
import { keptKey } from "../../stacks/keys/key-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await openDataFolder(join(await mkdtemp(join(tmpdir(), "berth-folder-")), "data"));
});
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

it("the folder and its secrets are closed to other users", async () => {
  await keptKey(folder, "api-key");
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, "api-key"))).mode & 0o777).toBe(0o600);
});

it("a folder that is open to others is closed, and that is said; so is a new one under any umask", async () => {
  await chmod(folder, 0o777);
  const said: string[] = [];
  await openDataFolder(folder, (message) => said.push(message));
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(said).toEqual([expect.stringMatching(/was open to other users \(mode 0777\) and was closed/)]);
  const before = process.umask(0o777);
  const under = await openDataFolder(join(folder, "under")).finally(() => process.umask(before));
  expect((await stat(under)).mode & 0o777).toBe(0o700);
});

it.runIf(process.getuid?.() === 0)("another user's folder is refused by name", async () => {
  await chown(folder, 12345, 12345);
  await expect(openDataFolder(folder)).rejects.toThrow(`${folder} belongs to user 12345`);
  await chown(folder, 0, 0);
});

it("a second process is refused with the folder's name, and let in when the first has ended", async () => {
  const first = await claimDataFolder(folder);
  await expect(claimDataFolder(folder)).rejects.toThrow(`${folder} is in use by another Berth process`);
  await first.release();
  await (await claimDataFolder(folder)).release();
});

it("processes that share a PostgreSQL share the folder, but not with one that has its database to itself", async () => {
  const first = await claimDataFolder(folder, "together");
  const second = await claimDataFolder(folder, "together");
  await expect(claimDataFolder(folder)).rejects.toThrow("in use");
  await first.release();
  await expect(claimDataFolder(folder)).rejects.toThrow("in use");
  await second.release();
  const alone = await claimDataFolder(folder);
  await expect(claimDataFolder(folder, "together")).rejects.toThrow("has the embedded database");
  await alone.release();
});

it("a stack's folder has one owner, and one that isn't there has none", async () => {
  const stack = join(folder, "stack");
  expect(await claimFolder(stack)).toBeUndefined();
  await mkdir(stack);
  const first = await claimFolder(stack);
  expect(first).toBeDefined();
  expect(await claimFolder(stack)).toBeUndefined();
  // Removed and made again while it is held: the new one is nobody's yet.
  await rm(stack, { recursive: true });
  await mkdir(stack);
  const second = await claimFolder(stack);
  expect(second).toBeDefined();
  await first?.release();
  expect(await claimFolder(stack)).toBeUndefined();
  await second?.release();
});

it("a claim ends with its process, even when that is killed, and holds whatever TMPDIR the other has", async () => {
  const module = new URL("../../stacks/data-folder.ts", import.meta.url).href;
  const script = `const { claimDataFolder } = await import(${JSON.stringify(module)});
    await claimDataFolder(${JSON.stringify(folder)}); console.log("claimed"); setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: folder },
  });
  await new Promise((resolve) => other.stdout.once("data", resolve));
  await expect(claimDataFolder(folder)).rejects.toThrow("in use");
  const ended = new Promise((resolve) => other.once("exit", resolve));
  other.kill("SIGKILL");
  await ended;
  await (await claimDataFolder(folder)).release();
});
