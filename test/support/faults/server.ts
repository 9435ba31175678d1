// A Berth server as a process of its own, which a test can kill and start again on the same data folder and port.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { SERVER_FLAGS } from "../../../infra/toolchain/node.mjs";
import { ACTIVATION, type Answer, API_KEY, testEnvironment } from "../berth.ts";
import { docker } from "../docker.ts";
import { putEmptyDatabase } from "../empty-database.ts";
import { withOfficialPlugins } from "../official-plugins/paths.ts";
import { ensureTinyImages } from "../tiny-image.ts";
import type { LifecycleCall, Status } from "./calls.ts";
import { removeOwned } from "./owned.ts";
import { kill } from "./processes.ts";
import { PulumiWrapper } from "./pulumi-wrapper.ts";

export const MAIN = fileURLToPath(new URL("../../../api/main.ts", import.meta.url));
const START_TIMEOUT_MS = 180_000;

export interface ServerOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** The engine that its assistants run on. */
  readonly engine?: Docker;
  readonly hasOwnPlugins?: boolean;
  /** Whether its plugins are official ones to it: programs that it keeps. */
  readonly hasOfficialPlugins?: boolean;
  /** Called with the data folder before the first start. */
  readonly prepare?: (dataDir: string) => void | Promise<void>;
}

export class Server {
  /** Holds everything of this installation: whoever works for it has this path in the environment. */
  readonly folder = mkdtempSync(join(tmpdir(), "berth-faults-"));
  readonly dataDir = join(this.folder, "data");
  readonly pulumi: PulumiWrapper;
  readonly engine: Docker;
  readonly url: string;
  readonly environment: Record<string, string>;
  /** Process ids of workers beside it. */
  readonly workers = new Set<number>();
  readonly #bought: string[] = [];
  #process: ChildProcess | undefined;

  private constructor(
    slice: number,
    { settings, engine, hasOwnPlugins = false, hasOfficialPlugins }: ServerOptions,
  ) {
    mkdirSync(this.dataDir);
    this.pulumi = new PulumiWrapper(join(this.folder, "bin"), { hasOwnPlugins });
    this.engine = engine ?? docker;
    const port = 18_700 + slice;
    this.url = `http://127.0.0.1:${port}`;
    const plugins = hasOfficialPlugins ? withOfficialPlugins() : process.env.PATH;
    const PATH = [this.pulumi.folder, plugins].join(delimiter);
    const own = { PORT: String(port), PATH, LOG_LEVEL: "info" };
    this.environment = testEnvironment(slice, this.dataDir, { ...own, ...settings });
  }

  /** `slice` (60–95) is one test file's own: its ports and subnets. */
  static async start(slice: number, options: ServerOptions = {}): Promise<Server> {
    const image = options.settings?.BERTH_ASSISTANT_IMAGE ?? (await ensureTinyImages()).healthy;
    const settings = { ...options.settings, BERTH_ASSISTANT_IMAGE: image };
    const server = new Server(slice, { ...options, settings });
    if (!server.environment.DATABASE_URL) await putEmptyDatabase(server.dataDir);
    await options.prepare?.(server.dataDir);
    await server.start();
    return server;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get hasEnded(): boolean {
    return !this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** The last lines of the server's log without those about requests, for the message of a test that fails. */
  get log(): string {
    const lines = readFileSync(join(this.folder, "server.log"), "utf8").split("\n");
    return lines
      .filter((line) => !line.includes("request completed"))
      .slice(-40)
      .join("\n");
  }

  /** Starts, or starts again; `settings` replace those of before. */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    Object.assign(this.environment, settings);
    const log = openSync(join(this.folder, "server.log"), "a");
    const stdio = ["ignore", log, log] as const;
    this.#process = spawn(process.execPath, [...SERVER_FLAGS, MAIN], {
      env: this.environment,
      stdio: [...stdio],
    });
    closeSync(log);
    for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(50)) {
      const answer = await fetch(`${this.url}/healthz`).catch(() => undefined);
      if (answer?.ok) return;
      if (this.hasEnded || Date.now() > deadline) throw new Error(`Berth did not start:\n${this.log}`);
    }
  }

  /** SIGKILL, to this process alone. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.untilEnded();
  }

  /** SIGTERM: it ends in good order. */
  async stop(): Promise<void> {
    this.#process?.kill("SIGTERM");
    await this.untilEnded();
  }

  /** Starts it again if it was killed. */
  async restartIfKilled(pids: readonly number[]): Promise<void> {
    if (!pids.includes(this.pid)) return;
    await this.untilEnded();
    await this.start();
  }

  async untilEnded(): Promise<void> {
    while (!this.hasEnded) await sleep(5);
  }

  async call(method: string, path: string, body?: unknown): Promise<Omit<Answer, "headers">> {
    const response = await fetch(`${this.url}/api/v1/assistants/${path}`, {
      method,
      headers: { "X-API-Key": API_KEY, ...(body !== undefined && { "Content-Type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  }

  async status(id: string): Promise<Status> {
    const { body } = await this.call("GET", `${id}/status`);
    if (!body.data) throw new Error(`No status: ${JSON.stringify(body)}`);
    return body.data as unknown as Status;
  }

  /** Makes a lifecycle call with the body that it takes. */
  async lifecycle(id: string, call: LifecycleCall): Promise<Omit<Answer, "headers">> {
    if (call === "delete") return this.call("DELETE", id);
    return this.call("POST", `${id}/${call}`, call === "activate" ? ACTIVATION : {});
  }

  /** Buys a slot, which is closed with the server: nothing is left of it. */
  async purchase(): Promise<{ readonly id: string; readonly checkoutUrl: string }> {
    const { body } = await this.call("POST", "purchase", { apiMode: "byok" });
    if (!body.data) throw new Error(`No slot: ${JSON.stringify(body)}`);
    this.#bought.push(body.data.deploymentId);
    return { id: body.data.deploymentId, checkoutUrl: String(body.data.checkoutUrl) };
  }

  /** Buys a slot and pays for it. Its preparation may still run. */
  async buy(): Promise<string> {
    const { id, checkoutUrl } = await this.purchase();
    const paid = await fetch(checkoutUrl, { method: "POST" });
    if (!paid.ok) throw new Error(`Paying failed: ${await paid.text()}`);
    return id;
  }

  /** Ends it with all that works for it, and removes what is left of it. `unmount` is called once nobody works there. */
  async close(unmount = () => {}): Promise<void> {
    await kill(this.folder, "everything", 0);
    await this.untilEnded();
    try {
      // An engine of its own is closed with all that it has, and may be away now.
      if (this.engine === docker) for (const id of this.#bought) await removeOwned(docker, id);
    } finally {
      unmount();
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
