// The operator's commands about the keys of the data folder itself.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { berthProgram } from "../../../api/commands/program.ts";
import { readConfig } from "../../../api/config/config.ts";
import { claimDataFolder } from "../../../stacks/data-folder.ts";
import { putEmptyDatabase } from "../../support/empty-database.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-installation-keys-"));
  await putEmptyDatabase(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("change the keys while Berth is stopped, and refuse while it runs", async () => {
  const config = readConfig({ BERTH_DATA_DIR: folder });
  const berth = (command: string) =>
    berthProgram(() => config).parseAsync(command.split(" "), { from: "user" });
  const said: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
  try {
    await berth("keys rotate-installation");
    const first = await readFile(join(folder, "secret-key"), "utf8");
    await berth("keys rotate-installation");
    expect(await readFile(join(folder, "secret-key"), "utf8")).not.toBe(first);
    expect(said.join("\n")).toContain(`secret-key and backup-key of ${folder} are new`);
    await writeFile(join(folder, "secret-key"), "");
    await berth("keys give-up secret-key");
    expect(await readFile(join(folder, "secret-key"), "utf8")).toMatch(/^[\w-]{43}\n/);
    const claim = await claimDataFolder(folder, "together");
    await expect(berth("keys rotate-installation")).rejects.toThrow(`${folder} is in use`);
    await claim.release();
  } finally {
    log.mockRestore();
  }
});
