// A socket in front of the machine's container engine, which a test can close: to Berth, the engine is away then.
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class EngineProxy {
  readonly #folder = mkdtempSync(join(tmpdir(), "berth-proxy-"));
  readonly #path = join(this.#folder, "docker.sock");
  readonly #engine: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  /** @param engine the engine's own socket, as DOCKER_HOST has it */
  constructor(engine: string) {
    this.#engine = new URL(engine).pathname;
  }

  /** For DOCKER_HOST. */
  get host(): string {
    return `unix://${this.#path}`;
  }

  async open(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ path: this.#engine, allowHalfOpen: true });
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on("error", () => to.destroy()).on("close", () => this.#sockets.delete(from));
        from.pipe(to);
      }
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#path, resolve));
  }

  /** Cuts every connection; new ones are refused. */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
