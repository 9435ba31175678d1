// The contender: what one would write with the Automation API's own documentation at hand. Same program, same inputs.
// Runs in a process of its own: `lives` and `activations` are its two tasks, begun by the message `go`.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { program } from "../../infra/program.ts";
import { PAUSE_MS } from "./pace.ts";

/** Milliseconds of each step of a life. */
export type Times = Record<"activate" | "stop" | "redeploy" | "delete", number>;

const [task = "", folder = "", image = "", place = "0", count = "1", own = "{}"] = process.argv.slice(2);
if (folder) {
  await mkdir(join(folder, "state"), { recursive: true });
  await writeFile(join(folder, "secrets.json"), '{"gateway":"x"}');
  process.send?.("ready");
  process.once("message", async () => {
    const done =
      task === "lives" ? await life(Number(place)) : await activations(Number(place), Number(count));
    process.send?.(done, () => process.exit(0));
  });
}

async function life(at: number): Promise<Times> {
  const timed = async (step: () => Promise<unknown>) => {
    await sleep(PAUSE_MS);
    const startedAt = performance.now();
    await step();
    return performance.now() - startedAt;
  };
  return {
    activate: await timed(() => up(at, "1")),
    stop: await timed(() => up(at, "0")),
    redeploy: await timed(() => up(at, "1")),
    delete: await timed(() => remove(at)),
  };
}

/** One after the other, at as many places; removed again once that is reported. */
async function activations(first: number, how: number): Promise<{ endedAt: number }> {
  const places = Array.from({ length: how }, (_, n) => first + n);
  for (const at of places) await up(at, "1");
  const endedAt = Date.now();
  for (const at of places) await remove(at);
  return { endedAt };
}

async function up(at: number, replicas: "0" | "1"): Promise<void> {
  const stack = await open(at);
  const values = Object.entries(config(at, replicas)).map(([key, value]) => [`berth:${key}`, { value }]);
  await stack.setAllConfig(Object.fromEntries(values));
  await stack.up();
}

async function remove(at: number): Promise<void> {
  const stack = await open(at);
  await stack.destroy();
  await stack.workspace.removeStack(stack.name);
}

function open(at: number): Promise<auto.Stack> {
  return auto.LocalWorkspace.createOrSelectStack(
    { stackName: `bench-${at}`, projectName: "berth", program },
    { envVars: { PULUMI_BACKEND_URL: `file://${folder}/state`, PULUMI_CONFIG_PASSPHRASE: "bench" } },
  );
}

function config(at: number, replicas: string): Record<string, string> {
  return {
    target: "docker",
    replicas,
    image,
    hostPort: String(32_700 + at),
    subnet: `10.215.${at}.0/28`,
    settings: JSON.stringify({ gateway: { mode: "local" } }),
    secretsFile: join(folder, "secrets.json"),
    secretsFingerprint: "0",
    startedWith: "0",
    memoryMib: "64",
    cpus: "0.5",
    startupTimeoutSeconds: "30",
    ...JSON.parse(own),
  };
}
