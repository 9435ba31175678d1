import { spawn } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { claimDataFolder, keptSecret, openDataFolder } from "../../stacks/data-folder.ts";

let folder: string;
beforeEach(async () => {
  folder = await openDataFolder(join(await mkdtemp(join(tmpdir(), "berth-folder-")), "data"));
});
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

it("the folder and its secrets are closed to other users", async () => {
  await keptSecret(folder, "api-key");
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, "api-key"))).mode & 0o777).toBe(0o600);
});

it("a secret is generated once, also when many ask at the same time", async () => {
  const all = await Promise.all(
    Array.from({ length: 20 }, (_, index) => keptSecret(folder, "key", () => `value-${index}`)),
  );
  expect(new Set(all.map(({ value }) => value)).size).toBe(1);
  expect(await keptSecret(folder, "key")).toEqual({ value: all[0]?.value, isNew: false });
});

it("a second process is refused with the folder's name, and let in when the first has ended", async () => {
  const first = await claimDataFolder(folder);
  await expect(claimDataFolder(folder)).rejects.toThrow(`${folder} is in use by another Berth process`);
  await first.release();
  await (await claimDataFolder(folder)).release();
});

it("a claim ends with its process, even when that is killed", async () => {
  const module = new URL("../../stacks/data-folder.ts", import.meta.url).href;
  const script = `const { claimDataFolder } = await import(${JSON.stringify(module)});
    await claimDataFolder(${JSON.stringify(folder)}); console.log("claimed"); setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => other.stdout.once("data", resolve));
  await expect(claimDataFolder(folder)).rejects.toThrow("in use");
  const ended = new Promise((resolve) => other.once("exit", resolve));
  other.kill("SIGKILL");
  await ended;
  await (await claimDataFolder(folder)).release();
});
