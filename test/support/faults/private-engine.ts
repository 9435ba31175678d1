// A dockerd of a test's own, which may be killed and started again: the machine's is shared. It touches no firewall,
// as two daemons would overwrite each other's rules; ports are published by docker-proxy alone.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";

const START_TIMEOUT_MS = 300_000;

export class PrivateEngine {
  readonly docker: Docker;
  /** For DOCKER_HOST. */
  readonly host: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "berth-engine-"));
  readonly #bridge: string;
  #process: ChildProcess | undefined;

  private constructor(slice: number) {
    const socketPath = join(this.#folder, "docker.sock");
    this.docker = new Docker({ socketPath });
    this.host = `unix://${socketPath}`;
    this.#bridge = `bridge-${slice}`;
  }

  /** @param images of the machine's engine that this one is to have */
  static async start(slice: number, images: readonly string[]): Promise<PrivateEngine> {
    const engine = new PrivateEngine(slice);
    // A run that was killed has left its own.
    spawnSync("ip", ["link", "del", engine.#bridge]);
    execFileSync("ip", ["link", "add", engine.#bridge, "type", "bridge"]);
    execFileSync("ip", ["addr", "add", `10.215.${slice}.1/24`, "dev", engine.#bridge]);
    await engine.start();
    const archive = execFileSync("docker", ["save", ...images], { maxBuffer: 64 * 1024 * 1024 });
    execFileSync("docker", ["--host", engine.host, "load"], {
      input: archive,
      stdio: ["pipe", "pipe", "pipe"],
    });
    return engine;
  }

  /** One whose records of networks were cut off by a kill may panic at them: they are put away, as an operator would. */
  async start(): Promise<void> {
    try {
      await this.#startOnce();
    } catch (error) {
      if (!this.#hasEnded || !this.#log.includes("libnetwork.New(")) throw error;
      rmSync(join(this.#folder, "data-root/network/files"), { recursive: true, force: true });
      await this.#startOnce();
    }
  }

  async #startOnce(): Promise<void> {
    const log = openSync(join(this.#folder, "log"), "a");
    const folders = ["data-root", "exec-root"].map((name) => `--${name}=${join(this.#folder, name)}`);
    const options = [...folders, `--pidfile=${join(this.#folder, "pid")}`, `--host=${this.host}`];
    const alone = ["--iptables=false", "--ip-masq=false", `--bridge=${this.#bridge}`];
    this.#process = spawn("dockerd", [...options, ...alone], { stdio: ["ignore", log, log] });
    closeSync(log);
    for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(100)) {
      const answers = await this.docker.ping().then(
        () => true,
        () => false,
      );
      if (answers) return;
      if (this.#hasEnded || Date.now() > deadline) throw new Error(`No dockerd:\n${this.#log.slice(-2_000)}`);
    }
  }

  /** SIGKILL to dockerd: what it runs goes on without it, as on any host. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
    // Killed daemons leave their process ids behind, which the next ones take for living daemons. dockerd's containerd
    // dies with it.
    for (const file of ["pid", "exec-root/containerd/containerd.pid"])
      rmSync(join(this.#folder, file), { force: true });
  }

  /** Ends it in good order; the containers end with it. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async close(): Promise<void> {
    try {
      if (this.#hasEnded) await this.start();
      for (const { Id } of await this.docker.listContainers({ all: true }))
        await this.docker.getContainer(Id).remove({ force: true });
      await this.docker.pruneNetworks();
    } finally {
      await this.stop();
      execFileSync("ip", ["link", "del", this.#bridge]);
      this.#unmount();
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  /** A daemon that is killed leaves the file systems of its containers mounted. */
  #unmount(): void {
    const mounts = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[1] ?? "");
    const own = mounts.filter((mount) => mount.startsWith(this.#folder));
    for (const mount of own.toReversed()) execFileSync("umount", ["--lazy", mount]);
  }

  get #hasEnded(): boolean {
    return !this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get #log(): string {
    const file = join(this.#folder, "log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#process?.kill(signal);
    while (!this.#hasEnded) await sleep(20);
  }
}
