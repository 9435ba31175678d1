// A Berth worker beside a server that is only the API: they share the data folder and PostgreSQL.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MAIN, type Server } from "./server.ts";

const START_TIMEOUT_MS = 180_000;

export class Worker {
  readonly #server: Server;
  readonly #process: ChildProcess;
  readonly #logFile: string;

  private constructor(server: Server) {
    this.#server = server;
    this.#logFile = join(server.folder, `worker-${crypto.randomUUID()}.log`);
    const log = openSync(this.#logFile, "a");
    const env = { ...server.environment, BERTH_ROLE: "worker" };
    this.#process = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", log, log] });
    closeSync(log);
  }

  static async start(server: Server): Promise<Worker> {
    const worker = new Worker(server);
    for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(50)) {
      if (worker.#log.includes("Berth works")) break;
      if (worker.#hasEnded || Date.now() > deadline) throw new Error(`No worker:\n${worker.#log}`);
    }
    server.workers.add(worker.#process.pid ?? 0);
    return worker;
  }

  /** SIGKILL, to this process alone. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    while (!this.#hasEnded) await sleep(5);
    this.#server.workers.delete(this.#process.pid ?? 0);
  }

  /** Whether it is the one that watches, by its log. */
  get watches(): boolean {
    const said = this.#log.split("\n").findLast((line) => line.includes("watches the deployments"));
    return said !== undefined && !said.includes("no more");
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get #log(): string {
    return readFileSync(this.#logFile, "utf8");
  }
}
