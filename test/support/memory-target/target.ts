// The target memory, which is there to prove that a target is a folder and its row: it honours all of the interface.
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogLine, LogsWanted } from "../../../infra/assistant/log-lines.ts";
import {
  openclawSettings,
  SECRETS_IN_ENVIRONMENT,
  secretsEnvironment,
} from "../../../infra/assistant/openclaw.ts";
import type { Usage } from "../../../infra/found.ts";
import type { AssistantData, Place, Target } from "../../../infra/target.ts";
import type { PlaceSearch } from "../../../infra/target-row.ts";
import { callWorld } from "./call.ts";
import { packed, unpacked } from "./data.ts";
import { type MemoryPlace, WORLDS } from "./place.ts";
import type { Held } from "./world.ts";

const LOOK_EVERY_MS = 50;

export async function findPlaces(
  given: readonly Place[],
  { environment }: PlaceSearch,
): Promise<readonly MemoryPlace[]> {
  return given.map((place) => ({ ...place, url: environment[WORLDS.get(place.target) ?? ""] ?? "" }));
}

export function open({ url }: MemoryPlace): Target {
  const look = (id: string) => callWorld<Held | null>(url, "look", { id });
  const tell = (id: string, secrets: Record<string, string> | null) =>
    callWorld(url, "tell", { id, secrets });
  return {
    async assertAnswers(timeoutMs) {
      await callWorld(url, "ping", {}, timeoutMs).catch((error: unknown) => {
        throw new Error("The container engine is not reachable.", { cause: error });
      });
    },
    pinImage: async (reference) => digestOf(reference),
    findPin: async (reference) => digestOf(reference),
    async stackConfig(deployment, { replicas }) {
      const config = { world: url, operation: deployment.operationId ?? "", settings: "{}" };
      const revealed = replicas === 1 ? deployment.reveal() : undefined;
      if (!revealed) return config;
      await tell(deployment.deploymentId, secretsEnvironment(revealed.secrets));
      const settings = openclawSettings(revealed.assistant, SECRETS_IN_ENVIRONMENT);
      return { ...config, settings: JSON.stringify(settings) };
    },
    async keepSecrets({ deploymentId }) {
      const secrets = (await look(deploymentId))?.secrets;
      return secrets ? { putBack: async () => void (await tell(deploymentId, secrets)) } : undefined;
    },
    async dropSecrets({ deploymentId }) {
      if (await look(deploymentId)) await tell(deploymentId, null);
    },
    // One that runs is replaced by its operation.
    isInTheWay: async () => false,
    async clearTheWay(id, { which }) {
      const isThere = which === "every" && (await look(id))?.assistant;
      if (isThere) await callWorld(url, "end", { id });
      return isThere ? 1 : 0;
    },
    // Nothing measures it.
    releaseData: async () => {},
    compare: async (id) => ({
      foreign: [],
      lost: [],
      beside: [],
      data: (await look(id)) ? "there" : "none",
    }),
    async removeStrays(id, known) {
      // A whole stack has its provider, the data and the assistant.
      if (known.size < 3) await callWorld(url, "end", { id });
    },
    removeAll: async (id) => void (await callWorld(url, "forget", { id })),
    occupied: async () => [],
    data: async ({ deploymentId }) => memoryData(url, deploymentId),
    async openLogs(id, wanted, signal) {
      return (await look(id))?.assistant ? lines(() => look(id), wanted, signal) : undefined;
    },
    measure: async (id) => ((await look(id))?.assistant?.isRunning ? USAGE : undefined),
    async readUsage(ids) {
      const at = new Date();
      const reading = { ...USAGE, at, run: "", cpuSeconds: null, cpuCores: 0.5 };
      const runs = await Promise.all(ids.map(async (id) => (await look(id))?.assistant?.isRunning));
      return new Map(ids.filter((_, index) => runs[index]).map((id) => [id, reading]));
    },
  };
}

function memoryData(url: string, id: string): AssistantData {
  const look = () => callWorld<Held | null>(url, "look", { id });
  return {
    async halt() {
      const wasRunning = (await look())?.assistant?.isRunning ?? false;
      await callWorld(url, "halt", { id });
      return wasRunning;
    },
    start: async () => void (await callWorld(url, "start", { id })),
    async untilStarted() {
      if (!(await look())?.assistant?.isRunning) throw new Error("The assistant does not run.");
    },
    async *read() {
      const found = await look();
      if (found?.assistant?.isRunning) throw new Error("Its data is read while it runs.");
      yield* packed(found?.files ?? {});
    },
    async replace(archive) {
      await callWorld(url, "replace", { id, files: await unpacked(archive) });
    },
  };
}

async function* lines(
  look: () => Promise<Held | null>,
  { tail, follow }: LogsWanted,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  let told = -1;
  while (!signal.aborted) {
    const all = (await look())?.assistant?.lines ?? [];
    for (const text of all.slice(told < 0 ? Math.max(0, all.length - tail) : told)) yield { at: null, text };
    told = all.length;
    if (!follow) return;
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

function digestOf(reference: string): string {
  if (reference.includes("@")) return reference;
  const digest = createHash("sha256").update(reference).digest("hex");
  return `${reference.replace(/:[^:/]+$/, "")}@sha256:${digest}`;
}

const USAGE: Usage = {
  cpuCores: 0,
  memoryBytes: 1,
  memoryLimitBytes: 1024 * 1024,
  receivedBytes: null,
  sentBytes: null,
  restarts: null,
  uptimeSeconds: 0,
};
