// What one assistant costs while nobody talks to it, real OpenClaw, and what Berth itself costs beside it.
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_ASSISTANT_IMAGE } from "../../infra/assistant/openclaw.ts";
import { ensureAssistantImage } from "../../infra/docker/images/ensure.ts";
import { measure } from "../../infra/docker/usage.ts";
import { docker, inside } from "../support/docker.ts";
import { Server } from "../support/faults/server.ts";
import { untilSettled } from "../support/faults/settled.ts";
import { accepted, slotFor } from "../support/faults/strike.ts";
import { NO_LOGINS } from "../support/registry.ts";
import { bytesOf, childrenOf, memoryBytes } from "../support/resources.ts";
import { kib, mib, type Table } from "./table.ts";

const IDLE_SECONDS = 60;

export async function idle(): Promise<Table> {
  await ensureAssistantImage(DEFAULT_ASSISTANT_IMAGE, { environment: process.env, logins: NO_LOGINS });
  const settings = {
    BERTH_ASSISTANT_IMAGE: DEFAULT_ASSISTANT_IMAGE,
    BERTH_MEMORY_MIB: "2048",
    BERTH_CPUS: "2",
    BERTH_STARTUP_TIMEOUT: "200",
  };
  const server = await Server.start(82, { settings });
  try {
    const id = await slotFor(server, "activate");
    await accepted(server, id, "activate");
    await untilSettled(server, id);
    await sleep(IDLE_SECONDS * 1000);
    const usage = await measure(id);
    if (!usage?.memoryBytes) throw new Error("The assistant does not run.");
    const [stateKib = "0"] = inside(id, "du", "-sk", "/home/node/.openclaw").split("\t");
    const log = await docker.getContainer(`berth-${id}`).logs({ stdout: true, stderr: true });
    const spares = childrenOf(server.pid).map(memoryBytes);
    return [
      [`${IDLE_SECONDS} s after an activation with real OpenClaw`, ""],
      ["memory of the assistant's container", mib(usage.memoryBytes)],
      ["its CPU", `${usage.cpuCores} cores`],
      ["its data volume", mib(Number(stateKib) * 1024)],
      ["what it has logged (30 MiB are kept at most)", kib(log.length)],
      ["Berth's files for it", kib(bytesOf(server.dataDir, id))],
      ["memory of Berth's server, whole", mib(memoryBytes(server.pid))],
      [`memory of its ${spares.length} waiting child process(es)`, spares.map(mib).join(", ")],
    ];
  } finally {
    await server.close();
  }
}
