// Runs the small programs of a stack's commands in this process, which has loaded them: to start Node for each takes longer
// than most of them do. bin/node hands them over by files of a folder; without this process it is the ordinary node.
import { constants, mkdirSync, rmSync, watch } from "node:fs";
import { open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { errorSentence } from "../../sentences.ts";
import type { ProgramEnd, Programs } from "../../target-row.ts";

const BIN = fileURLToPath(new URL("./bin", import.meta.url));
/** Who has called is waiting by then, or is dead. */
const ANSWERED_WITHIN_MS = 5_000;
const KNOCK_EVERY_MS = 2;

/** The folder of the process with that mark: who ends the process removes it. */
export function residentFolder(mark: string): string {
  return join(tmpdir(), `berth-resident-${mark}`);
}

/**
 * Runs them for what is started with the returned variables, until this process ends.
 * @param home of the project, as commands name it
 * @returns variables for the environment; none where the folder can't be watched
 */
export async function serveResident(
  programs: Programs,
  { mark, home, path }: { readonly mark: string; readonly home: string; readonly path: string },
): Promise<Record<string, string>> {
  const folder = residentFolder(mark);
  const byPath = new Map(Object.entries(programs).map(([at, run]) => [join(home, at), run]));
  try {
    // At once: a process that ends while it waits for its folder would leave it behind.
    mkdirSync(folder, { mode: 0o700 });
    // Where even its end can't be told, its caller is dead, and the others' calls go on.
    const answerAt = (call: string) => void answer(call, byPath).catch(() => {});
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name?.endsWith(".end")) answerAt(join(folder, name.slice(0, -".end".length)));
    });
    watcher.on("error", () => {});
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  } catch {
    return {};
  }
  return {
    PATH: [BIN, path].join(delimiter),
    BERTH_NODE: process.execPath,
    BERTH_RESIDENT: folder,
    BERTH_RESIDENT_PID: String(process.pid),
    BERTH_RESIDENT_PROGRAMS: `:${[...byPath.keys()].join(":")}:`,
  };
}

/** This process's variables, for a program that keeps its temporary files in that folder. */
export function keepingTemporary(TMPDIR: string): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR };
}

/** Runs them for whatever this process starts from now on. @param home of the project, as commands name it */
export async function runHere(programs: Programs, mark: string, home: string): Promise<void> {
  const path = process.env.PATH ?? "";
  Object.assign(process.env, await serveResident(programs, { mark, home, path }));
}

/** @param call path of the call's files, without their endings */
async function answer(call: string, programs: ReadonlyMap<string, Programs[string]>): Promise<void> {
  // The file's end is reported, too: then it is not there any more.
  const asked = await readFile(`${call}.in`, "utf8").catch(() => undefined);
  if (asked === undefined) return;
  await rm(`${call}.in`, { force: true });
  const [program = ""] = asked.split("\n", 1);
  const ended = await run(programs.get(program), asked.slice(program.length + 1));
  const end = await putOutput(call, ended).then(
    () => String(ended.exitCode),
    (error: unknown) => withoutOutput(call, error),
  );
  await tell(`${call}.end`, `${end}\n`);
}

async function putOutput(call: string, { stdout, stderr }: ProgramEnd): Promise<void> {
  if (!stdout && !stderr) return;
  await writeFile(`${call}.err`, stderr, { mode: 0o600 });
  await writeFile(`${call}.out`, stdout, { mode: 0o600 });
}

/** An end that says why there is no output, in a line: a pipe has room for that where the folder has none. */
async function withoutOutput(call: string, error: unknown): Promise<string> {
  for (const file of [`${call}.err`, `${call}.out`]) await rm(file, { force: true });
  const why = errorSentence(error);
  return `1 The program has run, and what it did is kept, but its output could not be: ${why}. Make room in ${tmpdir()}, then try again.`;
}

async function run(program: Programs[string] | undefined, input: string): Promise<ProgramEnd> {
  try {
    if (!program) throw new Error("There is no such program.");
    return await program(input);
  } catch (error) {
    return { exitCode: 1, stdout: "", stderr: `${errorSentence(error)}\n` };
  }
}

/** Never waits for a reader that is dead. The file is gone before the reader goes on. */
async function tell(fifo: string, text: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_NONBLOCK;
  for (const deadline = performance.now() + ANSWERED_WITHIN_MS; performance.now() < deadline; ) {
    const opened = await open(fifo, flags).catch((error: NodeJS.ErrnoException) => error.code);
    if (typeof opened === "object") {
      await rm(fifo, { force: true });
      await opened.write(text).finally(() => opened.close());
      return;
    }
    // No reader yet.
    if (opened !== "ENXIO") return;
    await sleep(KNOCK_EVERY_MS);
  }
}
