// The executables as the engine starts them: found under their names, also by a link, quiet, quick, gone with the engine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const BIN = fileURLToPath(new URL("../../../infra/toolchain/stand-ins/bin", import.meta.url));
const BINARIES = fileURLToPath(new URL("../../../node_modules/.bin", import.meta.url));
const NAMES = ["pulumi-language-nodejs", "pulumi-resource-command", "pulumi-resource-docker"];

let links: string;
beforeAll(async () => {
  links = await mkdtemp(join(tmpdir(), "berth-links-"));
  for (const name of NAMES) await symlink(join(BIN, name), join(links, name));
});
afterAll(() => rm(links, { recursive: true, force: true }));

it("are these three", async () => {
  expect((await readdir(BIN)).sort()).toEqual(NAMES);
});

it.each(NAMES)("%s prints a port, nothing else, and ends with whoever started it", async (name) => {
  const child = spawn(join(links, name), ["127.0.0.1:1"], {
    cwd: links,
    env: { PATH: [BINARIES, process.env.PATH].join(delimiter) },
  });
  const said: string[] = [];
  const scolded: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => said.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => scolded.push(text));
  await once(child.stdout, "data");
  child.stdin.end();
  const [code] = await once(child, "close");
  expect({ code, stderr: scolded.join("") }).toEqual({ code: 0, stderr: "" });
  expect(said.join("")).toMatch(/^\d+\n$/);
});
