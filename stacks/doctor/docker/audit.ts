// What doctor examines on Docker: containers, networks and volumes, the engine itself, and the files with secrets.
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { hostFindings } from "../../../infra/docker/host-settings.ts";
import { type Holding, type Inventory, takeInventory } from "../../../infra/docker/inventory.ts";
import { findClaimed } from "../../../infra/docker/occupied.ts";
import { SECRETS_FILE_MODE, secretsFile } from "../../../infra/docker/secrets-file.ts";
import { EngineAway } from "../../../infra/target.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { findRivals, rivalsInWords } from "../../deployments/rivals.ts";
import { wantedSecrets } from "../../pulumi/stack-config.ts";
import type { StackSettings } from "../../settings.ts";
import { applyChecks, type Result } from "../check.ts";
import { fileMode } from "../file-mode.ts";
import type { DoctorParts } from "../parts.ts";
import type { OwnChecks, Stock, TargetAudit } from "../target-audit.ts";
import { CONTAINER_CHECKS } from "./container-checks.ts";
import { ENGINE_CHECKS, type OfHost } from "./engine-checks.ts";
import { FILE_CHECKS } from "./file-checks.ts";
import { HOLDING_CHECKS } from "./holding-checks.ts";
import type { SecretsFile } from "./picture.ts";
import { RESOURCE_CHECKS } from "./resource-checks.ts";

export const dockerAudit: TargetAudit = {
  async takeStock(settings) {
    const takenAt = new Date();
    return stockOf(await takeInventory(), takenAt, () => lookAtHost(settings));
  },
  away: {
    labelled: new Map(),
    look: async (parts, deployment) => ownChecks(undefined, await lookAtSecretsFile(parts, deployment)),
    examine: async () => examineAway(),
  },
};

/** Hosts' clocks differ. */
const CLOCKS_DIFFER_MS = 60_000;

function stockOf(
  { labelled, securityOptions, look }: Inventory,
  takenAt: Date,
  lookAtOwnHost: () => Promise<OfHost>,
): Stock {
  const hasChanged = ({ updated_at }: Deployment) =>
    updated_at.getTime() > takenAt.getTime() - CLOCKS_DIFFER_MS;
  return {
    labelled,
    async look(parts, deployment) {
      const held = look(deployment.id, hasChanged(deployment));
      return ownChecks(...(await Promise.all([held, lookAtSecretsFile(parts, deployment)])));
    },
    async examine(strays) {
      try {
        const host = await lookAtOwnHost();
        return applyChecks(ENGINE_CHECKS, { engine: { securityOptions, strays, ...host } });
      } catch (error) {
        if (error instanceof EngineAway) return examineAway();
        throw error;
      }
    },
  };
}

/** @throws EngineAway */
async function lookAtHost(settings: StackSettings): Promise<OfHost> {
  const [occupied, unfit] = await Promise.all([
    findClaimed(settings.portRange),
    hostFindings(settings.portRange),
  ]);
  // What is another installation's is among the strays.
  const rivals = findRivals(settings, occupied, () => true);
  return { rivals: rivalsInWords(settings, rivals), unfit };
}

function examineAway(): Result {
  return applyChecks(ENGINE_CHECKS, { engine: "away" });
}

/** @param held undefined where the engine does not answer */
export function ownChecks(held: Holding | undefined, file: SecretsFile): OwnChecks {
  return {
    run: (picture) => [
      applyChecks(FILE_CHECKS, { ...picture, secretsFile: file }),
      ...(held ? [applyChecks(HOLDING_CHECKS, { ...picture, held })] : []),
      ...(held && picture.stack
        ? [applyChecks(RESOURCE_CHECKS, { ...picture, held, stack: picture.stack })]
        : []),
      ...(held?.containers ?? []).map((container) => applyChecks(CONTAINER_CHECKS, { picture, container })),
    ],
    unchecked: held ? [] : ["what the engine holds: it does not answer"],
  };
}

async function lookAtSecretsFile(
  { settings, box }: DoctorParts,
  deployment: Deployment,
): Promise<SecretsFile> {
  const path = secretsFile({ dataDir: settings.dataDir, deploymentId: deployment.id });
  const [file, folder, text] = await Promise.all([
    fileMode(path),
    fileMode(dirname(path)),
    readFile(path, "utf8").catch(() => undefined),
  ]);
  const wanted = { mode: SECRETS_FILE_MODE, owner: process.getuid?.() ?? 0 };
  if (text === undefined) return { path, file, folder, isCurrent: undefined, wanted };
  const isCurrent = isWanted(() => box.fingerprint(text) === wantedSecrets(settings, box, deployment));
  return { path, file, folder, isCurrent, wanted };
}

/** Undefined where the record's secrets can't be opened, which another check says. */
function isWanted(compare: () => boolean): boolean | undefined {
  try {
    return compare();
  } catch {
    return undefined;
  }
}
