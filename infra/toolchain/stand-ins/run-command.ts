// Runs one command to its end, in a process group of its own so that all it started can be ended with it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A command that talks without end must not fill the memory: the end of its output is kept. */
const MAX_OUTPUT_CHARS = 1024 * 1024;

export interface Command {
  readonly command: string;
  readonly interpreter: readonly string[];
  readonly directory: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly cancelled: AbortSignal;
}

/** Output without its last line break. @throws with all output when the command fails or is cancelled */
export async function runCommand(asked: Command): Promise<{ stdout: string; stderr: string }> {
  const { command, interpreter, directory, environment, stdin, cancelled } = asked;
  cancelled.throwIfAborted();
  const [program = "/bin/sh", ...args] = interpreter;
  const child = spawn(program, [...args, command], {
    detached: true,
    ...(directory && { cwd: directory }),
    env: { ...process.env, ...environment },
  });
  const end = () => endGroup(child);
  cancelled.addEventListener("abort", end);
  try {
    return await output(child, command, stdin);
  } finally {
    cancelled.removeEventListener("abort", end);
  }
}

async function output(child: ReturnType<typeof spawn>, command: string, stdin: string) {
  const kept = { stdout: "", stderr: "", both: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (piece: string) => {
      kept[name] = (kept[name] + piece).slice(-MAX_OUTPUT_CHARS);
      kept.both = (kept.both + piece).slice(-MAX_OUTPUT_CHARS);
    });
  }
  // A command needn't read its input: that it has closed it is no error.
  child.stdin?.on("error", () => {}).end(stdin);
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (code !== 0) {
    const how = signal ? `signal: ${signal}` : `exit status ${code}`;
    throw new Error(`${how}: running ${JSON.stringify(command)}:\n${kept.both}`);
  }
  return { stdout: kept.stdout.replace(/\n$/, ""), stderr: kept.stderr.replace(/\n$/, "") };
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
}
