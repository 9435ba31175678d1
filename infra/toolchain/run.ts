// Runs a program of the set-up. Its output is not shown, but its last lines are part of the error when it fails.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const KEPT_LINES = 15;

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  readonly onLine?: (line: string) => void;
}

/** Resolves to what the program wrote to stdout. @throws Error with its last lines. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.cwd && { cwd: options.cwd }),
    ...(options.environment && { env: options.environment }),
    ...(options.timeoutMs && { timeout: options.timeoutMs }),
  });
  const lines: string[] = [];
  let stdout = "";
  const onLine = (line: string) => {
    if (!line.trim()) return;
    lines.push(line);
    lines.splice(0, lines.length - KEPT_LINES);
    options.onLine?.(line);
  };
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    stdout += piece;
  });
  // Whole lines, however they arrive; programs that count upwards end theirs by \r.
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", onLine);
  const code = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (status, signal) => resolve(status ?? `signal ${signal}`));
  });
  if (code === 0) return stdout;
  throw new Error([`${program} ended with ${code}`, ...lines].join("\n    "));
}
