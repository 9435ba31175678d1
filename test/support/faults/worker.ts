// A Berth worker beside a server that is only the API.
import { Beside } from "./beside.ts";
import type { Server } from "./server.ts";

export class Worker {
  readonly #server: Server;
  readonly #process: Beside;

  private constructor(server: Server, process: Beside) {
    this.#server = server;
    this.#process = process;
    server.workers.add(process.pid);
  }

  static async start(server: Server): Promise<Worker> {
    return new Worker(server, await Beside.start(server, { role: "worker", says: "Berth works" }));
  }

  /** SIGKILL, to this process alone. */
  async kill(): Promise<void> {
    await this.#process.kill();
    this.#server.workers.delete(this.#process.pid);
  }

  /** Whether it is the one that watches, by its log. */
  get watches(): boolean {
    const said = this.#process.log.split("\n").findLast((line) => line.includes("watches the deployments"));
    return said !== undefined && !said.includes("no more");
  }
}
