// Programs of Berth's own inside an assistant's container, as its user, while that runs.
import type { Cluster } from "./client.ts";
import { type Inside, writeTo } from "./exec.ts";
import { ASSISTANT, podName } from "./names.ts";

const TIMEOUT_MS = 60_000;
/** Runs a program of which no URL would hold the text: an exec has its command in one. */
const LOADER = `import { readFileSync } from "node:fs";
const { program, args } = JSON.parse(readFileSync(0, "utf8"));
process.argv.splice(1, Infinity, ...args);
await import("data:text/javascript;base64," + Buffer.from(program).toString("base64"));`;

export class InsidePod {
  readonly #cluster: Cluster;
  readonly #inside: Inside;

  constructor(cluster: Cluster, deploymentId: string) {
    this.#cluster = cluster;
    const command = ["node", "--input-type=module", "-e", LOADER];
    this.#inside = { pod: podName(deploymentId), container: ASSISTANT, command };
  }

  /**
   * Runs a module, whose `process.argv` are Node and these arguments.
   * @returns what it prints
   * @throws Error when it ends with anything but 0, or not in time
   */
  run(program: string, ...args: readonly string[]): Promise<string> {
    const given = Buffer.from(JSON.stringify({ program, args }));
    return writeTo(this.#cluster, this.#inside, [given], AbortSignal.timeout(TIMEOUT_MS));
  }
}
