// What the `pulumi` of a fault test runs while a pause is planned: the real CLI, held at one exact point until the
// test says `go`. Arguments: the plan's folder, the real executable, then those of pulumi.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Plan } from "./pulumi-wrapper.ts";

const [folder = "", real = "", ...args] = process.argv.slice(2);
const state = new URL(process.env.PULUMI_BACKEND_URL ?? "file:///").pathname;
const stack = args[args.indexOf("--stack") + 1] ?? "";
const plan = takePlan();
if (!plan) end(await run(args).ended);
else if (plan.point === "before the spawn") {
  await pause();
  end(await run(args).ended);
} else {
  const { child, ended } = run(args);
  if (plan.point === "after the lock") await holdOnce(child, ended, () => countFiles(locks()) > 0);
  else if (/^(during|after) \w+$/.test(plan.point)) await holdOnce(child, ended, checkpointSays(plan.point));
  const result = await ended;
  if (plan.point === "after the end" && result.code === 0) await pause();
  end(result);
}

/** The plan, if it is about this command. It is taken by a rename: only one process can hold at it. */
function takePlan(): Plan | undefined {
  const file = join(folder, "plan.json");
  try {
    const found = JSON.parse(readFileSync(file, "utf8")) as Plan;
    if (!found.commands.includes(args[0] === "stack" ? `stack ${args[1]}` : `${args[0]}`)) return undefined;
    renameSync(file, join(folder, "taken.json"));
    return found;
  } catch {
    return undefined;
  }
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function run(command: readonly string[]): { child: ChildProcess; ended: Promise<End> } {
  const child = spawn(real, command, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const ended = new Promise<End>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  return { child, ended };
}

/** Ends as the CLI has ended: the same code, or the same signal. */
function end({ code, signal }: End): void {
  if (!signal) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** Stops the CLI, all of its threads, as soon as that is true. */
async function holdOnce(child: ChildProcess, ended: Promise<End>, isTrue: () => boolean): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  for (; !isOver && !isTrue(); await sleep(1));
  if (isOver) return;
  child.kill("SIGSTOP");
  await pause();
  child.kill("SIGCONT");
}

/** Tells the test that the point is reached; a test that has gone is not waited for. */
async function pause(): Promise<void> {
  writeFileSync(join(folder, "reached"), String(process.pid));
  while (existsSync(join(folder, "reached"))) await sleep(10);
}

function locks(): string {
  return join(state, ".pulumi/locks/organization/berth", stack);
}

function countFiles(path: string): number {
  try {
    return readdirSync(path).length;
  } catch {
    return 0;
  }
}

interface Checkpoint {
  readonly resources?: readonly { readonly urn: string }[];
  readonly pending_operations?: readonly { readonly resource: { readonly urn: string } }[];
}

/** `during x`: something is being done to that resource; `after x`: it was made, or is gone. */
function checkpointSays(point: string): () => boolean {
  const [when, resource] = point.split(" ");
  const file = join(state, ".pulumi/stacks/berth", `${stack}.json`);
  const isIt = ({ urn }: { urn: string }) => urn.endsWith(`::${resource}`);
  const isThere = ({ resources = [] }: Checkpoint) => resources.some(isIt);
  const atFirst = isThere(readCheckpoint(file) ?? {});
  return () => {
    const now = readCheckpoint(file);
    if (!now) return false;
    if (when === "after") return isThere(now) !== atFirst;
    return now.pending_operations?.some((pending) => isIt(pending.resource)) ?? false;
  };
}

/** Undefined while the file is not there. */
function readCheckpoint(file: string): Checkpoint | undefined {
  try {
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest: Checkpoint } };
    return checkpoint.latest;
  } catch {
    return undefined;
  }
}
