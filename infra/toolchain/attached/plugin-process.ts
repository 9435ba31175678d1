// An official plugin as a program that goes on running: started without an engine, it prints its port and waits to be attached.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import grpc from "@grpc/grpc-js";
import { keepingTemporary } from "../resident/resident.ts";
import { MAX_MESSAGE_BYTES } from "../stand-ins/serve.ts";

const STARTS_WITHIN_MS = 30_000;
/** All its calls go over one connection of its own. */
const OPTIONS = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  "grpc.use_local_subchannel_pool": 1,
};

export class PluginProcess {
  readonly client: grpc.Client;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), OPTIONS);
  }

  /**
   * What it leaves among temporary files goes with it: that of Kubernetes writes a kubeconfig there, with its credentials, and
   * never removes it.
   * @param folder in which it gets a temporary folder of its own
   * @throws Error when it does not say its port in time
   */
  static async start(path: string, folder = tmpdir()): Promise<PluginProcess> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const temporary = mkdtempSync(join(folder, "berth-plugin-"));
    // Of this process's group: it is ended with it. The rest of what it prints is for nobody.
    const child = spawn(path, { stdio: ["pipe", "pipe", "ignore"], env: keepingTemporary(temporary) });
    child.stdin?.on("error", () => {});
    const end = () => {
      child.kill("SIGKILL");
      rmSync(temporary, { recursive: true, force: true });
    };
    process.once("exit", end);
    child.once("exit", () => {
      process.off("exit", end);
      end();
    });
    try {
      return new PluginProcess(child, await portOf(child));
    } catch (error) {
      end();
      throw error;
    }
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  end(): void {
    this.client.close();
    this.#child.kill("SIGKILL");
  }
}

async function portOf(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const refuse = (why: string) => reject(new Error(`The plugin ${child.spawnfile} ${why}.`));
  const late = setTimeout(refuse, STARTS_WITHIN_MS, "has said no port in time");
  child.once("error", ({ message }) => refuse(`can't be started: ${message}`));
  child.once("exit", (code, signal) => refuse(`has ended with ${signal ?? code}`));
  if (child.stdout)
    createInterface({ input: child.stdout })
      .once("line", (line) =>
        /^\d+$/.test(line.trim()) ? resolve(Number(line)) : refuse("has said no port"),
      )
      .on("line", () => {});
  return promise.finally(() => clearTimeout(late));
}
