// What doctor examines on a target, beyond records and stacks. Types only; which targets have it is in audits.ts.
import type { Deployment } from "../deployments/deployments.ts";
import type { StackSettings } from "../settings.ts";
import type { Result } from "./check.ts";
import type { DoctorParts } from "./parts.ts";
import type { Picture } from "./picture.ts";

export interface TargetAudit {
  /** Lists what the target holds of all deployments. @throws EngineAway */
  takeStock(settings: StackSettings): Promise<Stock>;
  /** What is left to examine while the target does not answer. */
  readonly away: Stock;
}

export interface Stock {
  /** What the target holds of deployments, in words, by the deployments' ids. */
  readonly labelled: ReadonlyMap<string, readonly string[]>;
  /** Looks at everything of one deployment, also after a while: what has changed since is looked for again. @throws EngineAway when the target goes away meanwhile */
  look(parts: DoctorParts, deployment: Deployment): Promise<OwnChecks>;
  /** Examines the target itself. @param strays what it holds of deployments that are not there */
  examine(strays: readonly Stray[]): Promise<Result>;
}

/** The target's own checks of a deployment that was looked at. */
export interface OwnChecks {
  run(picture: Picture): readonly Result[];
  /** What could not be looked at, and why. */
  readonly unchecked: readonly string[];
}

/** Something named by a deployment that isn't there. */
export interface Stray {
  readonly deploymentId: string;
  /** `unknown`: another installation's, perhaps. */
  readonly was: "deleted" | "unknown";
  readonly what: readonly string[];
  /** Of a stack: the deployment that is there whose parts its state names, and whether that has no stack of its own. */
  readonly names?: { readonly deploymentId: string; readonly isRenamed: boolean } | undefined;
}
