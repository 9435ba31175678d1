// The Docker engine itself, and what deployments have left behind in it.

import type { HostFinding } from "../../../infra/found.ts";
import { MOVE_RANGES } from "../../deployments/rivals.ts";
import { type Check, type Complaint, error, inWords, warning } from "../check.ts";
import type { Stray } from "../target-audit.ts";

export interface OfEngine {
  readonly engine: EnginePicture | "away";
}

/** What is not the engine's own. */
export interface OfHost {
  /** Who else uses Berth's ranges, a sentence each. */
  readonly rivals: readonly string[];
  /** What of the kernel's settings is not as assistants need it. */
  readonly unfit: readonly HostFinding[];
}

interface EnginePicture extends OfHost {
  readonly securityOptions: readonly string[];
  readonly strays: readonly Stray[];
}

export const ENGINE_CHECKS: readonly Check<OfEngine>[] = [
  { name: "engine", look: engineAnswers },
  { name: "engine-seccomp", look: engineFilters },
  { name: "own-ranges", look: nobodyElseUsesTheRanges },
  { name: "host-settings", look: kernelIsFit },
  { name: "leftover-parts", look: noPartsAreLeft },
];

function engineAnswers({ engine }: OfEngine): Complaint[] {
  if (engine !== "away") return [];
  return [error("The Docker engine: expected to answer, found that it doesn't.", "Start it.")];
}

function engineFilters({ engine }: OfEngine): Complaint[] {
  if (engine === "away") return [];
  if (engine.securityOptions.some((option) => /^name=seccomp\b(?!.*unconfined)/.test(option))) return [];
  const message = `The Docker engine's security: expected its seccomp filter, found ${inWords(engine.securityOptions)}.`;
  return [warning(message, "Run a kernel with seccomp, and dockerd without --seccomp-profile=unconfined.")];
}

function nobodyElseUsesTheRanges({ engine }: OfEngine): Complaint[] {
  if (engine === "away") return [];
  return engine.rivals.map((rival) =>
    warning(`Berth's ports and addresses: expected to be its own, found otherwise. ${rival}`, MOVE_RANGES),
  );
}

function kernelIsFit({ engine }: OfEngine): Complaint[] {
  if (engine === "away") return [];
  return engine.unfit.map(({ message, advice }) =>
    warning(`The host's settings: expected to be fit for assistants, found otherwise. ${message}`, advice),
  );
}

function noPartsAreLeft({ engine }: OfEngine): Complaint[] {
  if (engine === "away") return [];
  return engine.strays.map(({ deploymentId: id, was, what }) =>
    was === "deleted"
      ? error(
          `What the engine has of the deleted deployment ${id}: expected nothing, found ${inWords(what)}.`,
          "Look at it, then remove it by docker rm -f, docker network rm and docker volume rm.",
        )
      : warning(
          `What the engine has for deployments: expected those of this installation, found ${inWords(what)}: unknown to this installation.`,
          "Nothing, if another installation shares this engine; remove it by docker otherwise.",
        ),
  );
}
