// The start of every npm script, run as npm runs it.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = new URL("../../..", import.meta.url).pathname;
const INSTALL_TIMEOUT_MS = 240_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "berth-bootstrap-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the command of a project by its bootstrap. */
function start(root: string, program: string, ...args: string[]): ChildProcess {
  const entry = join(folder, "entry.ts");
  writeFileSync(entry, program);
  const command = [join(root, "infra/toolchain/bootstrap.mjs"), relative(root, entry), ...args];
  return spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
}

async function ended(child: ChildProcess) {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (piece) => {
    stdout += piece;
  });
  child.stderr?.on("data", (piece) => {
    stderr += piece;
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return { code, signal, stdout, stderr };
}

describe("a command", () => {
  it("gets its arguments, Node 24 and stdout to itself; its exit code is passed on", async () => {
    const program =
      "const node: string = process.version; console.log(node, ...process.argv.slice(2)); process.exit(7)";
    const { code, stdout, stderr } = await ended(start(ROOT, program, "one", "two words"));
    expect(code).toBe(7);
    expect(stdout).toMatch(/^v24\.\d+\.\d+ one two words\n$/);
    expect(stderr).toBe("");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("gets %s once, and may take its time to end", async (signal) => {
    const program = `
      let count = 0;
      process.on("${signal}", () => {
        count++;
        setTimeout(() => process.exit(count), 300);
      });
      console.log("ready");
      setInterval(() => {}, 1000);`;
    const child = start(ROOT, program);
    const result = ended(child);
    await once(child.stdout ?? child, "data");
    child.kill(signal);
    child.kill(signal);
    expect((await result).code).toBe(1);
  });

  it("that dies of a signal is seen to die of it", async () => {
    const { signal } = await ended(
      start(ROOT, 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)'),
    );
    expect(signal).toBe("SIGKILL");
  });
});

describe("dependencies", () => {
  /** A project with the same bootstrap that needs nothing but Node 24. */
  function project(): string {
    const root = mkdtempSync(join(folder, "project-"));
    cpSync(join(ROOT, "infra/toolchain"), join(root, "infra/toolchain"), {
      recursive: true,
      filter: (path) => !/\.\w+$/.test(path) || path.endsWith(".mjs"),
    });
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    writeFileSync(
      join(root, "package.json"),
      JSON.stringify({
        private: true,
        allowScripts: { node: true },
        dependencies: { node: dependencies.node },
      }),
    );
    execFileSync("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"], {
      cwd: root,
      stdio: "pipe",
    });
    return root;
  }
  const PROGRAM = 'console.log("ran")';

  it(
    "are installed once for two commands at once, again after an interruption, and not a second time",
    async () => {
      const root = project();
      const interrupted = start(root, PROGRAM);
      await once(interrupted.stderr ?? interrupted, "data");
      interrupted.kill("SIGTERM");
      expect((await ended(interrupted)).code).not.toBe(0);
      expect(existsSync(join(root, "node_modules/.berth-installed"))).toBe(false);

      const both = await Promise.all([ended(start(root, PROGRAM)), ended(start(root, PROGRAM))]);
      expect(both.map(({ code, stdout }) => [code, stdout])).toEqual([
        [0, "ran\n"],
        [0, "ran\n"],
      ]);
      const output = both.map(({ stderr }) => stderr).join("");
      expect(output.match(/installing: done/g)).toHaveLength(1);
      expect(await ended(start(root, PROGRAM))).toMatchObject({ stdout: "ran\n", stderr: "" });
    },
    INSTALL_TIMEOUT_MS,
  );

  it(
    "that somebody installed by hand are kept, without Node's program it is fetched",
    async () => {
      const root = project();
      execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: root, stdio: "pipe" });
      const { code, stderr } = await ended(start(root, PROGRAM));
      expect(code).toBe(0);
      expect(stderr).not.toContain("npm ci");
    },
    INSTALL_TIMEOUT_MS,
  );
});

it("every npm script is its shell's only program: npm passes a signal on to its shell alone", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  expect(Object.keys(scripts).toSorted()).toEqual([
    "bench",
    "berth",
    "check",
    "client",
    "start",
    "test",
    "test:conversation",
    "test:explore",
    "test:faults",
  ]);
  for (const script of Object.values(scripts))
    expect(script).toMatch(/^exec node infra\/toolchain\/bootstrap\.mjs /);
});
