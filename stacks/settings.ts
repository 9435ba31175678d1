// What the lifecycle needs to know of an installation. api/config.ts reads it from the environment.
import type { Foundation, Target } from "../infra/args.ts";
import type { ModelProvider } from "../infra/openclaw.ts";
import type { Secret } from "./secret.ts";

/** An inclusive range of TCP ports. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface StackSettings {
  readonly target: Target;
  /** Of the target aws one for each region, that of new slots first; known once they were asked for at the start. */
  readonly foundations: readonly Foundation[];
  readonly assistantImage: string;
  /** Absolute path of the data folder. */
  readonly dataDir: string;
  readonly backendUrl: string;
  readonly portRange: PortRange;
  /** Private IPv4 range (CIDR) cut into one /28 per deployment. */
  readonly subnetPool: string;
  readonly memoryMib: number;
  readonly cpus: number;
  readonly startupTimeoutSeconds: number;
  /** The operator's own, for slots that don't bring one. */
  readonly modelKeys: Readonly<Partial<Record<ModelProvider, Secret>>>;
  /** How long the data of a deployment is kept after its payment has ended. */
  readonly suspensionGraceMs: number;
  /** Operations carried out at once by this process. */
  readonly concurrency: number;
}
