// A process of another role beside a server that is only the API: they share the data folder and PostgreSQL.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MAIN, type Server } from "./server.ts";

const START_TIMEOUT_MS = 180_000;

export interface Role {
  readonly role: "worker" | "gateway";
  /** What it logs once it works. */
  readonly says: string;
  /** In the place of the server's; undefined unsets one. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
}

export class Beside {
  readonly #process: ChildProcess;
  readonly #logFile: string;

  private constructor(server: Server, { role, settings }: Role) {
    this.#logFile = join(server.folder, `${role}-${crypto.randomUUID()}.log`);
    const log = openSync(this.#logFile, "a");
    const env = { ...server.environment, ...settings, BERTH_ROLE: role };
    this.#process = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", log, log] });
    closeSync(log);
  }

  static async start(server: Server, role: Role): Promise<Beside> {
    const beside = new Beside(server, role);
    for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(50)) {
      if (beside.log.includes(role.says)) return beside;
      if (beside.#hasEnded || Date.now() > deadline) throw new Error(`No ${role.role}:\n${beside.log}`);
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get log(): string {
    return readFileSync(this.#logFile, "utf8");
  }

  /** SIGKILL, to this process alone. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    while (!this.#hasEnded) await sleep(5);
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }
}
