// What doctor examines on Kubernetes: the objects of each deployment, its pods, and what Berth needs of the cluster. Its code, and the
// client with it, are loaded only there.
import type { Holding, Inventory } from "../../../infra/kubernetes/inventory.ts";
import type { KubernetesPlace } from "../../../infra/kubernetes/place.ts";
import { EngineAway } from "../../../infra/target.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { wantedSecrets } from "../../pulumi/stack-config.ts";
import { applyChecks, type Result } from "../check.ts";
import type { DoctorParts } from "../parts.ts";
import type { OwnChecks, Stock, TargetAudit } from "../target-audit.ts";
import { CLUSTER_CHECKS } from "./cluster-checks.ts";
import { HOLDING_CHECKS } from "./holding-checks.ts";
import { POD_CHECKS } from "./pod-checks.ts";

/** Hosts' clocks differ. */
const CLOCKS_DIFFER_MS = 60_000;

export const kubernetesAudit: TargetAudit = {
  async takeStock({ places }) {
    const takenAt = new Date();
    const { takeInventory } = await import("../../../infra/kubernetes/inventory.ts");
    const place = places.find(({ target }) => target === "kubernetes");
    return stockOf(await takeInventory(place as KubernetesPlace), takenAt);
  },
  away: {
    labelled: new Map(),
    look: async () => ({ run: () => [], unchecked: ["what the cluster holds: it does not answer"] }),
    examine: async () => examineAway(),
  },
};

function stockOf({ labelled, look, check }: Inventory, takenAt: Date): Stock {
  const hasChanged = ({ updated_at }: Deployment) =>
    updated_at.getTime() > takenAt.getTime() - CLOCKS_DIFFER_MS;
  return {
    labelled,
    async look(parts, deployment) {
      const held = await look(deployment.id, hasChanged(deployment));
      return ownChecks(held, isSecretCurrent(parts, deployment, held));
    },
    async examine(strays) {
      try {
        return applyChecks(CLUSTER_CHECKS, { cluster: { checks: await check(), strays } });
      } catch (error) {
        if (error instanceof EngineAway) return examineAway();
        throw error;
      }
    },
  };
}

function examineAway(): Result {
  return applyChecks(CLUSTER_CHECKS, { cluster: "away" });
}

export function ownChecks(held: Holding, isSecretCurrent: boolean | undefined): OwnChecks {
  return {
    run(given) {
      const picture = { ...given, held, isSecretCurrent };
      return [
        applyChecks(HOLDING_CHECKS, picture),
        ...held.pods
          .filter(({ metadata }) => metadata?.labels?.["berth.dev/helper"] === undefined)
          .map((pod) => applyChecks(POD_CHECKS, { picture, pod })),
      ];
    },
    unchecked: [],
  };
}

/** Undefined where the record's secrets can't be opened, which another check says, or there is no Secret. */
function isSecretCurrent(
  { settings, box }: DoctorParts,
  deployment: Deployment,
  { secrets }: Holding,
): boolean | undefined {
  const text = secrets[0]?.text;
  if (text === undefined) return undefined;
  try {
    return box.fingerprint(text) === wantedSecrets(settings, box, deployment);
  } catch {
    return undefined;
  }
}
