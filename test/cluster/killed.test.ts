// What a cluster leaves behind when its owner is killed: no process, and nothing in the next one's way.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";

const START = fileURLToPath(new URL("../support/cluster/start.ts", import.meta.url));
const SLICE = "66";
const FOLDER = "berth-cluster-66/";
const DEVICE = "/sys/class/net/cluster-66";

let owner: ChildProcess | undefined;
afterEach(async () => {
  if (!owner || owner.exitCode !== null || owner.signalCode !== null) return;
  owner.kill("SIGTERM");
  await once(owner, "exit");
});

/** @returns the kubeconfig's path */
async function start(): Promise<string> {
  owner = spawn(process.execPath, [START, SLICE, "1"], { stdio: ["ignore", "pipe", "inherit"] });
  if (!owner.stdout) throw new Error("The cluster's owner has no stdout.");
  const [line] = await once(createInterface({ input: owner.stdout }), "line");
  return String(line).replace("KUBECONFIG=", "");
}

/** Command lines of the cluster's programs. */
function programs(): string[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.map(commandLine).filter((line) => line.includes(FOLDER));
}

function commandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

it("a cluster ends with its owner, however that ends, and the next one starts in its place", async () => {
  const kubeconfig = await start();
  expect(existsSync(kubeconfig)).toBe(true);
  expect(existsSync(DEVICE)).toBe(true);
  expect(programs().length).toBeGreaterThan(5);
  owner?.kill("SIGKILL");
  await expect.poll(programs).toEqual([]);
  // Its network may live on for a minute or two, with connections that nobody ends: the next one removes it.
  expect(existsSync(await start())).toBe(true);
  owner?.kill("SIGTERM");
  if (owner) await once(owner, "exit");
  expect(programs()).toEqual([]);
  expect(existsSync(kubeconfig)).toBe(false);
  expect(existsSync(DEVICE)).toBe(false);
});
