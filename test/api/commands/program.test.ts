// What the operator's command understands, as its own process: help, mistakes and exit codes. None of it needs a server,
// settings or a data folder.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Command, CommanderError } from "commander";
import { expect, it, vi } from "vitest";
import { berthProgram } from "../../../api/commands/program.ts";
import { readWanted } from "../../../api/commands/upgrade.ts";

const BERTH = fileURLToPath(new URL("../../../api/berth.ts", import.meta.url));

/** As its own process. */
function berth(...args: string[]) {
  // A setting that no command takes: reading the settings at all would fail.
  const env = { PATH: process.env.PATH, PORT: "none" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [BERTH, ...args], { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

function program(): Command {
  return berthProgram(() => {
    throw new Error("No settings here.");
  });
}

/** In this process, with the same outcome. */
async function answer(...args: string[]) {
  const said = { stdout: "", stderr: "" };
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said.stdout += text;
    return true;
  });
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said.stderr += text;
    return true;
  });
  const status = await program()
    .parseAsync(args, { from: "user" })
    .then(
      () => 0,
      (error: unknown) => (error instanceof CommanderError ? error.exitCode : String(error)),
    );
  stdout.mockRestore();
  stderr.mockRestore();
  return { status, ...said };
}

/** All of them, by the words that call them. */
function allCommands(): string[][] {
  return program().commands.flatMap((command) => [
    [command.name()],
    ...command.commands.map((sub) => [command.name(), sub.name()]),
  ]);
}

it("every command has help, on standard output and with exit code 0", async () => {
  const names = allCommands().map((words) => words.join(" "));
  expect(names.toSorted()).toEqual(
    `adopt, aws, aws destroy, aws outputs, aws policy, aws preview, aws up, doctor, env, gateway, gateway resume,
     gateway stop, host, host rules, image, keys, keys create,
     keys give-up, keys list, keys revoke, keys rotate, keys rotate-installation, kubernetes, kubernetes check, kubernetes manifest, pay, sign-in, upgrade`.split(
      /,\s+/,
    ),
  );
  for (const words of allCommands()) {
    const { status, stdout, stderr } = await answer(...words, "--help");
    expect({ status, stderr }, words.join(" ")).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`Usage: npm run -s berth -- ${words.join(" ")}`);
  }
});

it("without a command, and with --help, it lists them all", () => {
  for (const args of [[], ["--help"]]) {
    const { status, stdout, stderr } = berth(...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const [name = ""] of allCommands()) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  }
});

it.each([
  [["docter"], "unknown command 'docter'", "Did you mean doctor?"],
  [["keys", "creat"], "unknown command 'creat'", "Did you mean create?"],
  [["keys", "create", "--acount", "acme"], "unknown option '--acount'", "Did you mean --account?"],
  [["keys", "give-up", "api-key"], "value 'api-key' is invalid", "secret-key, backup-key, passphrase"],
  [["--versoin"], "unknown option '--versoin'", "Did you mean --version?"],
  [["host", "rules", "aply"], "'aply' is invalid", "apply, remove"],
  [["pay"], "missing required argument 'id'", ""],
  [["keys", "rotate"], "missing required argument 'keyId'", ""],
  [["keys", "list", "acme"], "too many arguments", ""],
  [["upgrade"], "Either a deployment's id, or --all.", ""],
  [["upgrade", "one", "--all"], "Either a deployment's id, or --all.", ""],
  [["upgrade", "--all", "--at-once", "0"], "--at-once: must be a number from 1 to 64.", ""],
])("%j is a mistake that is named", async (args, mistake, advice) => {
  const { status, stdout, stderr } = await answer(...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^berth: (?!error)/);
  expect(stderr).toContain(mistake);
  expect(stderr).toContain(advice);
});

it("a mistake ends the process with 1, and is said once", () => {
  const { status, stdout, stderr } = berth("docter");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toBe("berth: unknown command 'docter'\n(Did you mean doctor?)\n");
});

it("a command whose settings are wrong fails in the same way", () => {
  const { status, stderr } = berth("keys", "list");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^berth: [\s\S]*PORT/);
});

it("what follows aws up goes on to pulumi as it was written", async () => {
  const called = program();
  const up = called.commands.find((one) => one.name() === "aws")?.commands.find((one) => one.name() === "up");
  const seen: string[][] = [];
  up?.action((more: string[]) => void seen.push(more));
  await called.parseAsync(["aws", "up", "--yes", "--target", "urn", "--diff"], { from: "user" });
  expect(seen).toEqual([["--yes", "--target", "urn", "--diff"]]);
});

it("upgrade takes its options as they were always written", () => {
  const defaults = { atOnce: "2" };
  expect(readWanted(undefined, { ...defaults, all: true, atOnce: "64", retry: true })).toEqual({
    id: undefined,
    image: undefined,
    retries: true,
    atOnce: 64,
  });
  expect(readWanted("one", { ...defaults, image: "a/b" })).toMatchObject({
    id: "one",
    image: "a/b",
    atOnce: 2,
  });
  for (const atOnce of ["65", "1.5", "many", ""])
    expect(readWanted(undefined, { ...defaults, all: true, atOnce })).toContain("--at-once");
});
