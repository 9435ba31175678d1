// The operator's commands about the keys of the data folder itself.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { keys } from "../../../api/commands/keys.ts";
import { readConfig } from "../../../api/config/config.ts";
import { claimDataFolder } from "../../../stacks/data-folder.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-installation-keys-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("change the keys while Berth is stopped, and refuse while it runs", async () => {
  const config = readConfig({ BERTH_DATA_DIR: folder });
  const said: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
  try {
    await keys(config, ["rotate-installation"]);
    const first = await readFile(join(folder, "secret-key"), "utf8");
    await keys(config, ["rotate-installation"]);
    expect(await readFile(join(folder, "secret-key"), "utf8")).not.toBe(first);
    expect(said.join("\n")).toContain(`secret-key and backup-key of ${folder} are new`);
    await writeFile(join(folder, "secret-key"), "");
    await keys(config, ["give-up", "secret-key"]);
    expect(await readFile(join(folder, "secret-key"), "utf8")).toMatch(/^[\w-]{43}\n/);
    const claim = await claimDataFolder(folder, "together");
    await expect(keys(config, ["rotate-installation"])).rejects.toThrow(`${folder} is in use`);
    await claim.release();
    await expect(keys(config, ["give-up", "api-key"])).rejects.toThrow("Which one?");
  } finally {
    log.mockRestore();
  }
});
