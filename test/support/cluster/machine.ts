// A machine of the cluster: namespaces of its own for network, processes, mounts and names. They end with their first
// process, which ends when this process does, however that ends: nothing outlives it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { run } from "../../../infra/toolchain/run.ts";
import { Program } from "./program.ts";

/**
 * Nothing of this host is in /run, /var/lib and /var/log; children of ended programs are reaped by the kernel. A kubelet
 * changes settings of the whole kernel: it finds files that say that they are as it wants them.
 */
const FIRST_PROCESS = `set -e
hostname "$1"
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir -p "$2/lib" "$2/log"
mount --bind "$2/lib" /var/lib
mount --bind "$2/log" /var/log
while read -r setting value; do
  echo "$value" > "$2/setting-\${setting##*/}"
  mount --bind "$2/setting-\${setting##*/}" "/proc/sys/$setting"
done <<EOF
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
EOF
trap '' CHLD
echo ready
exec cat`;
const NAMESPACES = ["--net", "--mount", "--uts", "--ipc", "--pid"];

export class Machine {
  readonly name: string;
  /** Of its own: certificates, configuration, and what its programs write. */
  readonly folder: string;
  readonly #first: ChildProcess;
  readonly #pid: number;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(
    name: string,
    folder: string,
    first: ChildProcess,
    pid: number,
    environment: NodeJS.ProcessEnv,
  ) {
    this.name = name;
    this.folder = folder;
    this.#first = first;
    this.#pid = pid;
    this.#environment = environment;
  }

  /** @param environment of its programs. @throws Error when this host lets nobody make namespaces */
  static async start(name: string, folder: string, environment: NodeJS.ProcessEnv): Promise<Machine> {
    mkdirSync(folder, { recursive: true });
    const args = [...NAMESPACES, "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
    const command = ["sh", "-c", FIRST_PROCESS, "machine", name, folder];
    const first = spawn("unshare", [...args, ...command], {
      stdio: ["pipe", "pipe", "inherit"],
      env: environment,
    });
    if (!first.stdout) throw new Error("The machine has no stdout.");
    const lines = createInterface({ input: first.stdout });
    const failed = once(first, "exit").then(() => {
      throw new Error(`The machine ${name} does not start: see above. It needs Linux and root.`);
    });
    await Promise.race([once(lines, "line"), failed]);
    failed.catch(() => {});
    const pid = Number(readFileSync(`/proc/${first.pid}/task/${first.pid}/children`, "utf8").trim());
    return new Machine(name, folder, first, pid, environment);
  }

  /** For `ip link … netns`. */
  get pid(): number {
    return this.#pid;
  }

  /** Starts a program on it that goes on until it is stopped, or until the machine ends. */
  start(name: string, command: readonly string[]): Program {
    const log = join(this.folder, `${name}.log`);
    return new Program(`${name} on ${this.name}`, log, this.#enter, command, this.#environment);
  }

  /** Runs a program on it to its end. @returns what it prints. @throws Error with its last lines */
  async run(command: readonly string[]): Promise<string> {
    const [program = "", ...args] = [...this.#enter, ...command];
    return run(program, args, { environment: this.#environment });
  }

  /** Ends all that runs on it at once, as a power cut does. */
  async end(): Promise<void> {
    const isOver = this.#first.exitCode !== null || this.#first.signalCode !== null;
    const exit = isOver ? undefined : once(this.#first, "exit");
    this.#first.stdin?.end();
    await exit;
  }

  get #enter(): readonly string[] {
    return ["nsenter", `--target=${this.#pid}`, ...NAMESPACES, "--"];
  }
}
