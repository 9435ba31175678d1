// What is read of an assistant's openclaw.json before it is changed: only what could be put back whole.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { READ } from "../../../infra/kubernetes/apply-settings.ts";

let file: string;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "berth-read-"));
  file = join(folder, "openclaw.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = () =>
  execFileSync(process.execPath, ["--input-type=module", "-e", READ, file], {
    encoding: "utf8",
    timeout: 120_000,
  });

it.each<[string, () => void, string]>([
  ["a file", () => writeFileSync(file, "{}"), "e30="],
  [
    "a link to one",
    () => {
      writeFileSync(`${file}.real`, "{}");
      symlinkSync(`${file}.real`, file);
    },
    "e30=",
  ],
  ["nothing where there is none", () => {}, ""],
  ["nothing of a folder", () => mkdirSync(file), ""],
  [
    "nothing of a pipe, which nobody waits at",
    () => void execFileSync("sh", ["-euc", 'mkfifo "$0"', file]),
    "",
  ],
  [
    "nothing of three gigabytes of holes",
    () => {
      writeFileSync(file, "{");
      truncateSync(file, 3 * 1024 ** 3);
    },
    "",
  ],
])("it reads %s", (_what, make, printed) => {
  make();
  expect(read()).toBe(printed);
});
