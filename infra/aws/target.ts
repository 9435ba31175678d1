// The target aws: assistants on ECS, in a region with a foundation of theirs. Each part of its code is loaded when it is
// asked for: AWS's clients are large, and what carries out an operation never looks into logs.
import type { Target } from "../target.ts";
import type { PlaceSearch } from "../target-row.ts";
import type { AwsPlace, AwsRegion } from "./place.ts";

export async function findPlaces(regions: readonly AwsRegion[], search: PlaceSearch) {
  const places = await import("./find-places.ts");
  return places.findPlaces(regions, search);
}

export function open({ foundation }: AwsPlace): Target {
  const engine = once(async () => (await import("./engine.ts")).ecsEngine(foundation));
  const insight = once(async () => (await import("./insight.ts")).ecsInsight(foundation));
  return {
    assertAnswers: async (timeoutMs) => (await engine()).assertAnswers(timeoutMs),
    // A reference is handed on as it is: ECS resolves it.
    pinImage: async (reference) => reference,
    findPin: async (reference) => reference,
    async stackConfig(deployment) {
      const { ecsConfig } = await import("./stack-config.ts");
      return ecsConfig(foundation, deployment);
    },
    // They are in Secrets Manager, until the deployment is deleted.
    keepSecrets: async () => undefined,
    dropSecrets: async () => {},
    // A service replaces its task by itself, and is what Pulumi knows it to be.
    isInTheWay: async () => false,
    clearTheWay: async () => 0,
    releaseData: async () => {},
    // Pulumi asks AWS for each resource by itself, and takes none for there that is not.
    compare: async () => ({ foreign: [], lost: [], beside: [], data: "unknown" }),
    removeStrays: async (deploymentId, known) => (await engine()).removeStrays(deploymentId, known),
    removeAll: async (deploymentId) => (await engine()).removeAll(deploymentId),
    // AWS itself hands out what its tasks have.
    occupied: async () => [],
    data: async (wanted) => (await import("./state.ts")).ecsState(foundation, wanted),
    openLogs: async (deploymentId, wanted, signal) =>
      (await insight()).openLogs(deploymentId, wanted, signal),
    measure: async (deploymentId) => (await insight()).measure(deploymentId),
    pastUsage: async (deploymentId, since) => (await insight()).pastUsage(deploymentId, since),
  };
}

/** What is remembered in it, such as a measurement, is for all that ask. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
