// The start of every npm script, run as npm runs it.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runsBerth, SERVER_FLAGS, withNode } from "../../../infra/toolchain/node.mjs";
import manifest from "../../../package.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

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
  it("gets its arguments, a Node that runs it and stdout to itself; its exit code is passed on", async () => {
    const program =
      "const node: string = process.version; console.log(node, ...process.argv.slice(2)); process.exit(7)";
    const { code, stdout, stderr } = await ended(start(ROOT, program, "one", "two words"));
    expect(code).toBe(7);
    expect(stdout).toBe(`${process.version} one two words\n`);
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
  /** Of every such project: npm takes a second to make it. */
  let lockfile: string | undefined;

  /** A project with the same bootstrap that needs one package, one more for development and an optional one. */
  function project(): string {
    const root = mkdtempSync(join(folder, "project-"));
    cpSync(join(ROOT, "infra/toolchain"), join(root, "infra/toolchain"), {
      recursive: true,
      filter: (path) =>
        !path.includes("toolchain/node/node_modules") &&
        (!/\.\w+$/.test(path) || /\.mjs$|\/node\/package[\w-]*\.json$/.test(path)),
    });
    const { dependencies } = manifest;
    writeFileSync(
      join(root, "package.json"),
      JSON.stringify({
        private: true,
        dependencies: { "ipaddr.js": dependencies["ipaddr.js"] },
        devDependencies: { helmet: dependencies.helmet },
        optionalDependencies: { uuid: dependencies.uuid, semver: dependencies.semver },
      }),
    );
    const path = join(root, "package-lock.json");
    if (lockfile !== undefined) writeFileSync(path, lockfile);
    else
      execFileSync("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"], {
        cwd: root,
        stdio: "pipe",
      });
    lockfile ??= readFileSync(path, "utf8");
    return root;
  }
  const PROGRAM = 'console.log("ran")';
  const PACKAGES = ["ipaddr.js", "helmet", "uuid", "semver"];

  function installed(root: string): readonly string[] {
    return PACKAGES.filter((name) => existsSync(join(root, "node_modules", name, "package.json")));
  }

  /** Runs a program as a file of the project. */
  function startAs(root: string, entry: string, program: string): ChildProcess {
    mkdirSync(join(root, dirname(entry)), { recursive: true });
    writeFileSync(join(root, entry), program);
    const command = [join(root, "infra/toolchain/bootstrap.mjs"), entry];
    return spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
  }
  const startTest = (root: string) => startAs(root, "test/entry.ts", PROGRAM);

  /** What a server does whose target needs the optional ones that begin so. */
  function addOptional(
    root: string,
    ...beginnings: readonly string[]
  ): Promise<Awaited<ReturnType<typeof ended>>> {
    const module = JSON.stringify(join(root, "infra/toolchain/dependencies.mjs"));
    const program = `import { installDependencies } from ${module}; await installDependencies([], ${JSON.stringify(beginnings)});`;
    return ended(
      spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "pipe"] }),
    );
  }

  it("are installed once for two commands at once, again after an interruption, and not a second time", async () => {
    const root = project();
    const interrupted = start(root, PROGRAM);
    await once(interrupted.stderr ?? interrupted, "data");
    interrupted.kill("SIGTERM");
    expect((await ended(interrupted)).code).not.toBe(0);
    expect(existsSync(join(root, "node_modules/.package-lock.json"))).toBe(false);

    const both = await Promise.all([ended(start(root, PROGRAM)), ended(start(root, PROGRAM))]);
    expect(both.map(({ code, stdout }) => [code, stdout])).toEqual([
      [0, "ran\n"],
      [0, "ran\n"],
    ]);
    const output = both.map(({ stderr }) => stderr).join("");
    expect(output.match(/installing: done/g)).toHaveLength(1);
    expect(await ended(start(root, PROGRAM))).toMatchObject({ stdout: "ran\n", stderr: "" });
  });

  it("of a server are its own alone; a test adds the rest, and nobody takes anything away", async () => {
    const root = project();
    const server = await ended(startAs(root, "api/main.ts", "console.log(process.execArgv.join())"));
    expect(server.stdout).toBe(`${SERVER_FLAGS.join()}\n`);
    expect(installed(root)).toEqual(["ipaddr.js"]);
    const tested = await ended(startTest(root));
    expect(tested).toMatchObject({ code: 0, stdout: "ran\n" });
    expect(tested.stderr).toMatch(/adding what tests and checks need and what this target needs: done/);
    expect(installed(root)).toEqual(PACKAGES);
    for (const end of await Promise.all([ended(start(root, PROGRAM)), ended(startTest(root))]))
      expect(end).toMatchObject({ code: 0, stdout: "ran\n", stderr: "" });
    expect(installed(root)).toEqual(PACKAGES);

    // As where the lockfile has changed, or somebody removed a folder: installed again, with all that was there.
    rmSync(join(root, "node_modules/ipaddr.js"), { recursive: true });
    expect((await ended(start(root, PROGRAM))).stderr).toMatch(/installing: done/);
    expect(installed(root)).toEqual(PACKAGES);
  });

  it("that only one target needs are added to those that are there, one for all who ask at once", async () => {
    const root = project();
    await ended(start(root, PROGRAM));
    const both = await Promise.all([addOptional(root, "uu"), addOptional(root, "uu")]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(
      both
        .map(({ stderr }) => stderr)
        .join("")
        .match(/adding what this target needs: done/g),
    ).toHaveLength(1);
    expect(installed(root)).toEqual(["ipaddr.js", "uuid"]);
    expect(await ended(start(root, PROGRAM))).toMatchObject({ stdout: "ran\n", stderr: "" });
    // As where the lockfile has changed: those of the target come back, and no other target's.
    rmSync(join(root, "node_modules/ipaddr.js"), { recursive: true });
    await ended(start(root, PROGRAM));
    expect(installed(root)).toEqual(["ipaddr.js", "uuid"]);
    expect((await addOptional(root, "semver")).stderr).toMatch(/adding what this target needs: done/);
    expect(installed(root)).toEqual(["ipaddr.js", "uuid", "semver"]);
  });

  it("that npm has left out without a word are named", async () => {
    const root = project();
    const lockfile = join(root, "package-lock.json");
    const lock = JSON.parse(readFileSync(lockfile, "utf8"));
    const { version } = lock.packages["node_modules/uuid"];
    lock.packages["node_modules/uuid"] = { version, optional: true, os: ["no such system"] };
    writeFileSync(lockfile, JSON.stringify(lock));
    await ended(start(root, PROGRAM));
    const { code, stderr } = await addOptional(root, "uuid");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /npm has left out node_modules\/uuid\. Check that the npm registry can be reached/,
    );
  });

  it("that somebody installed by hand are kept, also without those that only a target needs", async () => {
    const root = project();
    execFileSync("npm", ["ci", "--omit=optional"], { cwd: root, stdio: "pipe" });
    expect(await ended(start(root, PROGRAM))).toMatchObject({ code: 0, stdout: "ran\n", stderr: "" });
    await addOptional(root, "uuid", "semver");
    expect(installed(root)).toEqual(PACKAGES);
  });

  it("include no Node where the machine's runs Berth; it is fetched for who asks, also after an npm that runs no scripts", async () => {
    const root = project();
    await ended(start(root, PROGRAM));
    const fetched = join(root, "infra/toolchain/node/node_modules");
    expect(existsSync(fetched)).toBe(false);
    execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: dirname(fetched), stdio: "pipe" });
    const { fetchNode } = (await import(join(root, "infra/toolchain/node.mjs"))) as {
      fetchNode(): Promise<string>;
    };
    const node = await fetchNode();
    expect(node).toBe(join(fetched, `node-${process.platform}-${process.arch}`, "bin/node"));
    expect(execFileSync(node, ["--version"], { encoding: "utf8" })).toMatch(/^v24\./);
    expect(await fetchNode()).toBe(node);
  });
});

describe("Node", () => {
  it.each([
    ["18.20.8", false],
    ["20.20.2", false],
    ["22.18.0", false],
    ["22.19.0", true],
    ["22.23.5", true],
    ["23.11.0", false],
    ["24.4.1", false],
    ["24.5.0", true],
    ["26.12.1", true],
  ])("%s runs Berth: %s", (version, runs) => {
    expect(runsBerth(version)).toBe(runs);
  });
  it("of a command is the one that its children find on PATH, which is changed for that alone", () => {
    const path = `${dirname(process.execPath)}:/usr/bin`;
    expect(withNode(process.execPath, path)).toBe(path);
    const other = mkdtempSync(join(folder, "bin-"));
    writeFileSync(join(other, "node"), "", { mode: 0o755 });
    expect(withNode(process.execPath, `${other}:${path}`)).toBe(
      `${dirname(process.execPath)}:${other}:${path}`,
    );
    expect(withNode(process.execPath, other)).toBe(`${dirname(process.execPath)}:${other}`);
  });
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
    "release",
    "start",
    "test",
    "test:cluster",
    "test:conversation",
    "test:explore",
    "test:faults",
  ]);
  for (const script of Object.values(scripts))
    expect(script).toMatch(/^exec node infra\/toolchain\/bootstrap\.mjs /);
});
