// Programs of commands that the process of an operation runs itself, called as a plugin calls them: by a shell.
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { residentFolder, serveResident } from "../../../infra/toolchain/resident/resident.ts";

const home = mkdtempSync(join(tmpdir(), "berth-home-"));
const mark = crypto.randomUUID();
const inputs: string[] = [];
let environment: Record<string, string>;
beforeAll(async () => {
  writeFileSync(join(home, "own.mjs"), "console.log(process.pid)");
  const programs = {
    "commands/echo.ts": async (input: string) => {
      inputs.push(input);
      return { exitCode: 0, stdout: `${process.pid}\n${input}`, stderr: "" };
    },
    "commands/quiet.ts": async () => ({ exitCode: 0, stdout: "", stderr: "" }),
    "commands/refuse.ts": async () => ({ exitCode: 3, stdout: "out\n", stderr: "refused\n" }),
    "commands/throw.ts": async () => {
      throw new Error("what went wrong");
    },
  };
  environment = await serveResident(programs, { mark, home, path: process.env.PATH ?? "" });
});
afterAll(() => {
  for (const folder of [home, residentFolder(mark)]) rmSync(folder, { recursive: true, force: true });
});

function shell(command: string, input = "") {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { ...environment, HOME_OF_ALL: home };
    const child = execFile("/bin/sh", ["-c", command], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
    // One that is killed does not read it.
    child.stdin?.on("error", () => {}).end(input);
  });
}

it("a program runs in this process, with its input as it is", async () => {
  const input = `{"text":"two\\nlines, 'quotes' and $HOME"}\n${"x".repeat(200_000)}`;
  const { code, stdout } = await shell('exec node "$HOME_OF_ALL/commands/echo.ts"', input);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${process.pid}\n${input}` });
});

it("one that says nothing leaves no file behind, and any number run at once", async () => {
  const many = Array.from({ length: 8 }, () => shell('exec node "$HOME_OF_ALL/commands/quiet.ts"'));
  expect(await Promise.all(many)).toEqual(many.map(() => ({ code: 0, stdout: "", stderr: "" })));
  expect(readdirSync(residentFolder(mark))).toEqual([]);
});

it("its exit code and its output are the caller's; what it throws is a sentence", async () => {
  expect(await shell('exec node "$HOME_OF_ALL/commands/refuse.ts"')).toEqual({
    code: 3,
    stdout: "out\n",
    stderr: "refused\n",
  });
  expect(await shell('exec node "$HOME_OF_ALL/commands/throw.ts"')).toEqual({
    code: 1,
    stdout: "",
    stderr: "what went wrong\n",
  });
});

describe("in a full folder", () => {
  const full = (ending: string) => `ln -s /dev/full "$BERTH_RESIDENT/$$.${ending}"; exec node`;
  afterEach(async () => {
    expect(await shell('exec node "$HOME_OF_ALL/commands/quiet.ts"'), "the next call").toMatchObject({
      code: 0,
    });
    expect(readdirSync(residentFolder(mark))).toEqual([]);
  });
  it.each(["out", "err"])(
    "a call fails whose output has no room there (.%s), with what to do",
    async (ending) => {
      expect(await shell(`${full(ending)} "$HOME_OF_ALL/commands/refuse.ts"`)).toEqual({
        code: 1,
        stdout: "",
        stderr: `The program has run, and what it did is kept, but its output could not be: ENOSPC: no space left on device, write. Make room in ${tmpdir()}, then try again.\n`,
      });
    },
  );
  it("a call fails whose input has no room there", async () => {
    const { code, stderr } = await shell(`${full("in")} "$HOME_OF_ALL/commands/echo.ts"`, "input");
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("No space left on device") });
  });
});

it("any other program is a process of its own", async () => {
  const { code, stdout } = await shell('exec node "$HOME_OF_ALL/own.mjs"');
  expect(code).toBe(0);
  expect(Number(stdout)).not.toBe(process.pid);
});

it("a caller that is killed holds nothing up", async () => {
  await shell('node "$HOME_OF_ALL/commands/echo.ts" & kill -9 $!', "lost");
  expect((await shell('exec node "$HOME_OF_ALL/commands/quiet.ts"')).code).toBe(0);
});

describe("without its folder", () => {
  let kept: Record<string, string>;
  beforeEach(() => {
    kept = environment;
    environment = { ...kept, BERTH_RESIDENT: "/nonexistent" };
  });
  afterEach(() => {
    environment = kept;
  });
  it("once the process is gone, a call fails instead of waiting", async () => {
    const { pid } = spawnSync("true");
    environment.BERTH_RESIDENT_PID = String(pid);
    const { code } = await shell('exec node "$HOME_OF_ALL/commands/echo.ts" 2>/dev/null');
    expect(code).toBe(1);
  });
  it("as a cleaner of temporary files leaves it, a program is a process of its own", async () => {
    mkdirSync(join(home, "commands"), { recursive: true });
    writeFileSync(join(home, "commands/echo.ts"), "process.stdin.pipe(process.stdout)");
    const answer = await shell('exec node "$HOME_OF_ALL/commands/echo.ts"', "as it is");
    expect(answer).toEqual({ code: 0, stdout: "as it is", stderr: "" });
  });
});

it("a process that ends before it was ready leaves no folder behind", () => {
  const ended = crypto.randomUUID();
  const options = JSON.stringify({ mark: ended, home, path: "" });
  const program = `
    import { serveResident } from ${JSON.stringify(import.meta.resolve("../../../infra/toolchain/resident/resident.ts"))};
    void serveResident({}, ${options});
    process.exit();`;
  execFileSync(process.execPath, ["--input-type=module", "-e", program]);
  expect(existsSync(residentFolder(ended))).toBe(false);
});
