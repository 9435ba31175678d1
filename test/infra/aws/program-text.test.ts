// Programs that run inside tasks: each of their modules is whole, and so is the text that is put together of them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { SETTINGS_PROGRAM } from "../../../infra/assistant/program-text.ts";
import { TRANSFER_PROGRAM } from "../../../infra/aws/program-text.ts";
import { UNTOUCHED } from "../../../infra/aws/transfer/exits.mjs";

const MODULES = [
  "assistant/edit-settings.mjs",
  "assistant/merge-settings.mjs",
  "assistant/remarks.mjs",
  "assistant/settings-bytes.mjs",
  "assistant/settings-layout.mjs",
  "assistant/settings-tree.mjs",
  "assistant/settings-program.mjs",
  "aws/transfer/exits.mjs",
  "aws/transfer/pieces.mjs",
  "aws/transfer/change-over.mjs",
  "aws/transfer/program.mjs",
];
/** Without any of Berth's files. */
const elsewhere = mkdtempSync(join(tmpdir(), "berth-program-"));
afterAll(() => rmSync(elsewhere, { recursive: true }));

function node(...args: readonly string[]) {
  const env = { PATH: process.env.PATH };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: elsewhere,
    env,
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

it.each(MODULES)("%s can be parsed by itself", (path) => {
  const file = fileURLToPath(new URL(`../../../infra/${path}`, import.meta.url));
  expect(node("--check", file)).toEqual({ status: 0, said: "" });
});

it.each([
  ["settings", SETTINGS_PROGRAM],
  ["transfer", TRANSFER_PROGRAM],
])("the program %s imports nothing but Node's own modules", (_name, text) => {
  const imported = [...text.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name = ""]) => name);
  expect(imported.length).toBeGreaterThan(2);
  expect(imported.filter((name) => !name.startsWith("node:"))).toEqual([]);
});

it("the program settings leaves room in a task definition, which has 64 KiB", () => {
  expect(JSON.stringify(SETTINGS_PROGRAM).length).toBeLessThan(48 * 1024);
});

it("each of them runs where none of Berth's files are", () => {
  const file = join(elsewhere, "openclaw.json");
  expect(node("--input-type=module", "-e", SETTINGS_PROGRAM, file, '{"a":1}')).toEqual({
    status: 0,
    said: "",
  });
  expect(node("--input-type=module", "-e", TRANSFER_PROGRAM, elsewhere)).toEqual({
    status: 1 + UNTOUCHED,
    said: "Z_BUF_ERROR\n",
  });
});
