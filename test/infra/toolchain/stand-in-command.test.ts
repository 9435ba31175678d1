// The stand-in for the command plugin, run by the real engine: what a command says, when it runs, how it fails and ends.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { local } from "@pulumi/command";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { itAtLength } from "../../support/matrix.ts";
import { type StandInStack, standInStack } from "../../support/stand-in-stack.ts";

const TYPE = "command:local:Command";
let stack: StandInStack;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-command-"));
  stack = await standInStack("commands");
});
afterAll(async () => {
  await stack.close();
  await rm(folder, { recursive: true, force: true });
});

const BASE = {
  create: 'read line; echo "created $NAME $line in $(pwd)"; echo aside >&2',
  update: 'echo "updated $NAME after $PULUMI_COMMAND_STDOUT"; echo "$PULUMI_COMMAND_STDERR" >&2',
  environment: { NAME: "one" },
  stdin: "from stdin\n",
  triggers: [1],
} satisfies local.CommandArgs;

const program = (args: local.CommandArgs | undefined) => async () => {
  if (args) new local.Command("command", { dir: folder, delete: "cat >deleted", ...args });
};

/** What the state has of the command. */
async function recorded(): Promise<
  { id: string; inputs: object; outputs: Record<string, unknown> } | undefined
> {
  const { deployment } = await stack.stack.exportStack();
  return deployment.resources.find(({ type }: { type: string }) => type === TYPE);
}

it("create: runs with its input, its environment and in its folder, and keeps what it said", async () => {
  expect(await stack.up(program(BASE))).toEqual({ steps: [{ resource: "Command", op: "create" }] });
  const { id, inputs, outputs } = (await recorded()) ?? {};
  expect(id).toMatch(/^command[0-9a-f]{8}$/);
  expect(inputs).toEqual({ ...BASE, dir: folder, delete: "cat >deleted" });
  const said = { stdout: `created one from stdin in ${folder}`, stderr: "aside" };
  expect(outputs).toEqual({ ...inputs, ...said });
});

it("the same again: does not run", async () => {
  expect(await stack.up(program(BASE))).toEqual({ steps: [] });
});

it("a changed environment: runs `update`, which is told what the last run said", async () => {
  const { steps } = await stack.up(program({ ...BASE, environment: { NAME: "two" } }));
  expect(steps).toEqual([{ resource: "Command", op: "update", diffs: ["environment"] }]);
  const said = { stdout: `updated two after created one from stdin in ${folder}`, stderr: "aside" };
  expect((await recorded())?.outputs).toMatchObject(said);
});

it("a changed command without `update`: runs `create` again", async () => {
  const { steps } = await stack.up(program({ create: "echo again", triggers: [1] }));
  expect(steps).toEqual([
    { resource: "Command", op: "update", diffs: ["create", "environment", "stdin", "update"] },
  ]);
  expect((await recorded())?.outputs).toMatchObject({ stdout: "again", stderr: "" });
});

it("changed triggers: a new command, and the old one's `delete`", async () => {
  const before = (await recorded())?.id;
  const { steps } = await stack.up(program({ create: "echo anew", triggers: [2] }));
  expect(steps).toEqual([
    { resource: "Command", op: "replace", diffs: ["create", "triggers"], replaceKeys: ["triggers"] },
  ]);
  expect(existsSync(join(folder, "deleted"))).toBe(true);
  expect((await recorded())?.id).not.toBe(before);
});

it("a failure tells the exit code, the command and all that it said", async () => {
  const create = "echo out; echo err >&2; exit 7";
  const { error } = await stack.up(program({ create, triggers: [2] }));
  expect(error).toContain(`exit status 7: running ${JSON.stringify(create)}:\nout\nerr\n`);
  expect((await recorded())?.outputs).toMatchObject({ stdout: "anew" });
});

it("endless output is not kept whole", async () => {
  const { error } = await stack.up(
    program({ create: "head -c 9000000 /dev/zero | tr '\\0' x; echo end", triggers: [2] }),
  );
  expect(error).toBeUndefined();
  const { stdout } = (await recorded())?.outputs ?? {};
  expect(String(stdout).slice(-6)).toBe("xxxend");
  expect(String(stdout).length).toBeLessThanOrEqual(1024 * 1024);
});

itAtLength("an interpreter of one's own is used", async () => {
  const node = { interpreter: ["node", "-e"], create: "process.stdout.write(String(6 * 7))", delete: "0" };
  expect((await stack.up(program({ ...node, triggers: [2] }))).error).toBeUndefined();
  expect((await recorded())?.outputs).toMatchObject({ stdout: "42" });
});

itAtLength(
  "what is implied, given, is no change; its opposite is one, and the command is told nothing",
  async () => {
    const args = { create: 'echo "after $PULUMI_COMMAND_STDOUT"', triggers: [2] };
    await stack.up(program(args));
    expect(await stack.up(program({ ...args, addPreviousOutputInEnv: true }))).toEqual({ steps: [] });
    const { steps } = await stack.up(program({ ...args, addPreviousOutputInEnv: false }));
    expect(steps).toEqual([{ resource: "Command", op: "update", diffs: ["addPreviousOutputInEnv"] }]);
    expect((await recorded())?.outputs.stdout).toBe("after ");
  },
);

it("an input that the stand-in doesn't know is refused by name", async () => {
  const { error } = await stack.preview(program({ create: "true", assetPaths: ["*"], triggers: [2] }));
  expect(error).toContain('does not know the input "assetPaths"');
});

it("cancel ends the command with all that it started", async () => {
  const pidFile = join(folder, "pid");
  const cancellation = new AbortController();
  const create = `sleep 600 & echo $! >${pidFile}; wait`;
  const update = stack.up(program({ create, triggers: [3] }), { signal: cancellation.signal });
  while (!existsSync(pidFile) || !(await readFile(pidFile, "utf8")).endsWith("\n")) await sleep(50);
  const pid = Number(await readFile(pidFile, "utf8"));
  expect(isRunning(pid)).toBe(true);
  cancellation.abort();
  expect((await update).error).toContain("signal: SIGKILL: running");
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 60_000 });
});

it("destroy runs `delete` with the input it was given", async () => {
  await writeFile(join(folder, "deleted"), "");
  expect(
    (await stack.up(program({ create: "true", stdin: "farewell", triggers: [4] }))).error,
  ).toBeUndefined();
  const { steps, error } = await stack.destroy();
  expect(error).toBeUndefined();
  expect(steps).toEqual([{ resource: "Command", op: "delete" }]);
  expect(await readFile(join(folder, "deleted"), "utf8")).toBe("farewell");
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
