// The contender: what one would write with the Automation API's own documentation at hand. Same program, same inputs.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { program } from "../../infra/program.ts";

const [folder = "", image = "", round = "0"] = process.argv.slice(2);
await mkdir(join(folder, "state"));
await writeFile(join(folder, "secrets.env"), "TELEGRAM_BOT_TOKEN='x'\n");

const config = {
  target: "docker",
  replicas: "1",
  image,
  hostPort: String(32_700 + Number(round)),
  subnet: `10.215.${round}.0/28`,
  settings: JSON.stringify({ gateway: { mode: "local" } }),
  secretsFile: join(folder, "secrets.env"),
  secretsFingerprint: "x",
  memoryMib: "64",
  cpus: "0.5",
  startupTimeoutSeconds: "30",
};

const up = async (replicas: string) => {
  await pause();
  const startedAt = performance.now();
  const stack = await auto.LocalWorkspace.createOrSelectStack(
    { stackName: `bench-${round}`, projectName: "berth", program },
    { envVars: { PULUMI_BACKEND_URL: `file://${folder}/state`, PULUMI_CONFIG_PASSPHRASE: "bench" } },
  );
  const values = Object.entries({ ...config, replicas }).map(([key, value]) => [`berth:${key}`, { value }]);
  await stack.setAllConfig(Object.fromEntries(values));
  await stack.up();
  return { stack, ms: performance.now() - startedAt };
};

const pause = () => new Promise((resolve) => setTimeout(resolve, 2_000));
const activate = await up("1");
const stop = await up("0");
const redeploy = await up("1");
await pause();
const startedAt = performance.now();
await redeploy.stack.destroy();
await redeploy.stack.workspace.removeStack(`bench-${round}`);
const times = {
  activate: activate.ms,
  stop: stop.ms,
  redeploy: redeploy.ms,
  delete: performance.now() - startedAt,
};
process.send?.(times, () => process.exit(0));
