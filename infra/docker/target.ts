// The target docker: assistants on the Docker engine of Berth's own machine.
import { IMAGE_UID } from "../assistant/image-contract.ts";
import type { Place, Target } from "../target.ts";
import type { NamesLead } from "../target-row.ts";
import { noteAbsence } from "./absence.ts";
import { beginHanding } from "./begun-settings.ts";
import { compareWithState } from "./compare.ts";
import { assertEngineAnswers, beginEnding, removeAll, removeContainers, removeStrays } from "./engine.ts";
import { watchGatewayAddresses } from "./gateway-addresses.ts";
import { gatewayReach } from "./gateway-reach.ts";
import { removeDoors } from "./helper-containers.ts";
import { readHost } from "./host.ts";
import { findPin, pinImage } from "./images/pin.ts";
import { openLogs } from "./logs.ts";
import { readMemory } from "./memory.ts";
import { keepSecretsFile, removeSecretsFile } from "./secrets-file.ts";
import { dockerConfig } from "./stack-config.ts";
import { readStarted } from "./started-with.ts";
import { dockerState } from "./state.ts";
import { measure, readUsage } from "./usage.ts";

/** One for all deployments. */
export async function findPlaces(given: readonly Place[]): Promise<readonly Place[]> {
  return given;
}

export const names: NamesLead = { reach: gatewayReach, watchAddresses: watchGatewayAddresses };

/** There is one engine, which its environment names. */
export function open(): Target {
  return {
    assertAnswers: assertEngineAnswers,
    noteAbsence,
    pinImage,
    findPin,
    stackConfig: dockerConfig,
    keepSecrets: keepSecretsFile,
    dropSecrets: removeSecretsFile,
    isInTheWay,
    clearTheWay: removeContainers,
    remarksSince: async (id, sinceMs) => (await import("./set-aside-mark.ts")).remarksSince(id, sinceMs),
    releaseData: (deploymentId) => removeDoors(deploymentId, "measure"),
    detachOthers: async (deploymentId) => (await import("./detach-others.ts")).detachOthers(deploymentId),
    compare: compareWithState,
    removeStrays,
    beginEnding,
    // For a network the engine takes as long as for all the rest, and the official plugin waits two seconds before that.
    leftToRemoveAll: ["docker:index/network:Network"],
    beginHanding,
    removeAll,
    occupied: async (ports) => (await import("./occupied.ts")).findOccupied(ports),
    data: async (wanted) => dockerState(wanted),
    hosts: async () => [await readHost()],
    readMemory,
    openLogs,
    measure,
    readUsage,
  };
}

/** Taken down before its settings are written, and its data is another user's: it would begin to read them while it ends. */
async function isInTheWay(deploymentId: string, config: Readonly<Record<string, string>>): Promise<boolean> {
  const started = await readStarted(deploymentId);
  if (started?.version === undefined) return false;
  const isConfinedSo =
    started.uid === Number(config.uid ?? IMAGE_UID) && started.isFiltered === (config.seccomp === "own");
  return started.version !== config.startedWith || !isConfinedSo;
}
