// The stand-in for the nodejs language host, as a user of the plain `pulumi` CLI meets it.
import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { cells } from "../../support/matrix.ts";
import { standInEnvironment } from "../../support/stand-in-stack.ts";

const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const SETTINGS = `name: plain
main: program/index.ts
runtime:
  name: nodejs
  options:
    typescript: false
`;
/** TypeScript, ESM, a module of its own, top-level await, config, outputs. */
const PROGRAM = `import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { greeting } from "./greeting.ts";
const command: local.Command = new local.Command("command", { create: \`echo \${await greeting()}\` });
console.log("the program speaks");
export const said = command.stdout;
export const size: number = new pulumi.Config().requireNumber("size");
`;
const GREETING = `export const greeting = async (): Promise<string> => "hello";\n`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-language-"));
  await mkdir(join(folder, "program"));
  await mkdir(join(folder, "state"));
  await writeFile(join(folder, "Pulumi.yaml"), SETTINGS);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "program/greeting.ts"), GREETING);
  await symlink(MODULES, join(folder, "node_modules"));
  await write(PROGRAM);
  pulumi("stack", "init", "plain");
  pulumi("config", "set", "size", "3");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const write = (program: string) => writeFile(join(folder, "program/index.ts"), program);

const environment = () => ({ HOME: folder, ...standInEnvironment(join(folder, "state")) });

function pulumi(...args: string[]): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive"], {
    cwd: folder,
    env: environment(),
    encoding: "utf8",
  });
  return { code: status, text: stdout + stderr };
}

it("preview shows what the program declares and says", () => {
  const { code, text } = pulumi("preview");
  expect(code, text).toBe(0);
  expect(text).toContain("2 to create");
  expect(text).toContain("the program speaks");
});

it("up runs it, twice, and its exports are the outputs", () => {
  const { code, text } = pulumi("up", "--yes");
  expect(code, text).toBe(0);
  expect(text).toContain("2 created");
  expect(JSON.parse(pulumi("stack", "output", "--json").text)).toEqual({ said: "hello", size: 3 });
});

it("preview of the unchanged program changes nothing", () => {
  const { code, text } = pulumi("preview", "--expect-no-changes");
  expect(code, text).toBe(0);
  expect(text).toContain("2 unchanged");
});

it.each(
  cells(
    [
      ["rejects later", 'setTimeout(() => Promise.reject(new Error("no such luck")), 50);'],
      ["can't be parsed", "const no such luck;"],
    ],
    [["throws", 'throw new Error("no such luck");']],
  ),
)("a program that %s fails with its message and changes nothing", async (_how, line) => {
  await write(`${PROGRAM}${line}\n`);
  const { code, text } = pulumi("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(text).toMatch(/error: .*no such luck|error: .*Expected/s);
  expect(text).not.toContain("could not read plugin");
  await write(PROGRAM);
  expect(pulumi("stack", "output", "said").text.trim()).toBe("hello");
});

it("refresh, about and destroy work", () => {
  for (const args of [["refresh", "--yes"], ["about"], ["destroy", "--yes"]]) {
    const { code, text } = pulumi(...args);
    expect(code, text).toBe(0);
  }
  expect(pulumi("stack", "export").text).not.toContain("command:local:Command");
});

it("nothing goes on when the CLI is killed: no plugin, no host, no command", async () => {
  const create = "echo $PPID $$ >pids; exec sleep 600";
  await write(`import { writeFile } from "node:fs/promises";
import { local } from "@pulumi/command";
await writeFile("host", String(process.pid));
new local.Command("command", { dir: ${JSON.stringify(folder)}, create: ${JSON.stringify(create)} });
`);
  const cli = spawn("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive"], {
    cwd: folder,
    env: environment(),
    stdio: "ignore",
  });
  const pids = await vi.waitFor(
    async () => {
      const [plugin, command] = (await readFile(join(folder, "pids"), "utf8")).trim().split(" ").map(Number);
      const host = Number(await readFile(join(folder, "program/host"), "utf8"));
      expect([plugin, command, host]).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
      return { plugin, command, host };
    },
    { timeout: 120_000 },
  );
  expect(Object.values(pids).map(isRunning)).toEqual([true, true, true]);
  cli.kill("SIGKILL");
  await vi.waitFor(() => expect(Object.values(pids).map(isRunning)).toEqual([false, false, false]), {
    timeout: 60_000,
  });
});

function isRunning(pid: number | undefined): boolean {
  try {
    process.kill(pid ?? 0, 0);
    return true;
  } catch {
    return false;
  }
}
