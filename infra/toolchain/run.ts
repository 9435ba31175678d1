// Runs a program of the set-up. Its output is not shown, but its last lines are part of the error when it fails.
import { spawn } from "node:child_process";

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
  const read = (piece: string) => {
    for (const line of piece.split(/[\r\n]+/).filter((text) => text.trim())) {
      lines.push(line);
      options.onLine?.(line);
    }
    lines.splice(0, lines.length - KEPT_LINES);
  };
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    stdout += piece;
    read(piece);
  });
  child.stderr.setEncoding("utf8").on("data", read);
  const code = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (status, signal) => resolve(status ?? `signal ${signal}`));
  });
  if (code === 0) return stdout;
  throw new Error([`${program} ended with ${code}`, ...lines].join("\n    "));
}
