// A passphrase that an operator keeps in a file of their own is looked at before anything is locked with it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { childEnvironment } from "../../../api/config/child-environment.ts";
import { readConfig } from "../../../api/config/config.ts";

const TOOLS = { pulumi: { path: "/bin/pulumi", version: "3.0.0" }, plugins: [], searchPath: "/bin" };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-passphrase-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function environmentWith(file: string) {
  const settings = { BERTH_DATA_DIR: join(folder, "data"), PULUMI_CONFIG_PASSPHRASE_FILE: file };
  return childEnvironment(readConfig(settings), TOOLS);
}

it.each([
  ["is gone", undefined, "can't be read: ENOENT"],
  ["is empty", "", "is empty"],
  ["has nothing visible", "\ufeff \r\n", "is empty"],
  ["is nothing but zeros", "\0".repeat(44), "is empty"],
])("one that %s refuses the start by its name", async (_, text, why) => {
  const file = join(folder, "passphrase");
  if (text !== undefined) await writeFile(file, text);
  await expect(environmentWith(file)).rejects.toThrow(
    `The file ${file} that PULUMI_CONFIG_PASSPHRASE_FILE names ${why}`,
  );
});

it("one that holds a passphrase is what Pulumi gets", async () => {
  const file = join(folder, "passphrase");
  await writeFile(file, "верная лошадь\n");
  expect(await environmentWith(file)).toMatchObject({ PULUMI_CONFIG_PASSPHRASE_FILE: file });
});
