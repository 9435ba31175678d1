// A long-running program on a machine of the cluster. Its output is a file.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const STOP_MS = 10_000;
const SHOWN_LINES = 15;

export class Program {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #log: string;
  readonly #exit: Promise<void>;

  /** @param enter what starts a program on the machine, in front of its own command line */
  constructor(
    name: string,
    log: string,
    enter: readonly string[],
    command: readonly string[],
    environment: NodeJS.ProcessEnv,
  ) {
    this.#name = name;
    this.#log = log;
    const output = openSync(log, "a");
    const [program = "", ...args] = [...enter, ...command];
    this.#child = spawn(program, args, { stdio: ["ignore", output, output], env: environment });
    closeSync(output);
    this.#exit = new Promise((resolve) => {
      this.#child.once("error", () => resolve()).once("exit", () => resolve());
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || !this.#child.pid;
  }

  /** Its last lines, for an error. */
  get lastLines(): string {
    return readFileSync(this.#log, "utf8").trimEnd().split("\n").slice(-SHOWN_LINES).join("\n    ");
  }

  /** @throws Error with its last lines when it ends before, or when `isReady` has not been true in time */
  async ready(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!(await isReady().catch(() => false))) {
      const why = this.hasEnded ? "has ended" : performance.now() > deadline && "is not ready in time";
      if (why) throw new Error(`${this.#name} ${why} (${this.#log}):\n    ${this.lastLines}`);
      await sleep(100);
    }
  }

  /** Resolves when it is gone. One that ignores SIGTERM is killed. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    if (this.hasEnded) return;
    this.signal(signal);
    const isGone = await Promise.race([this.#exit.then(() => true), sleep(STOP_MS, false, { ref: false })]);
    if (!isGone) this.signal("SIGKILL");
    await this.#exit;
  }

  /** To the program itself: what entered the machine for it passes no signal on. */
  signal(signal: NodeJS.Signals): void {
    const children = readFileSync(`/proc/${this.#child.pid}/task/${this.#child.pid}/children`, "utf8");
    for (const pid of children.trim().split(" ").filter(Boolean)) process.kill(Number(pid), signal);
  }
}
