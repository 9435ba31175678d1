// What the lifecycle needs to know of an installation. api/config/config.ts reads it from the environment, but for the
// places: those are looked up at the start.
import type { KnownProvider } from "../infra/assistant/openclaw.ts";
import type { PortRange } from "../infra/found.ts";
import type { Place, RegistryLogins } from "../infra/target.ts";
import type { Secret } from "./secret.ts";

export const HOST_RULES = ["apply", "require", "leave"] as const;
/** Whether missing rules are set or warned of, refuse the start, or are somebody else's concern. */
export type HostRulesMode = (typeof HOST_RULES)[number];

/** Whose key pays for the model: the customer's own, or the operator's. */
export type ApiMode = "byok" | "managed" | "unlimited";

export const LIMIT_WINDOWS = ["month", "day", "minute"] as const;
export type LimitWindow = (typeof LIMIT_WINDOWS)[number];

/** How much an assistant may use of its models, by calendar (UTC); what is absent is not limited. */
export interface ModelLimits {
  readonly month?: WindowLimit | undefined;
  readonly day?: WindowLimit | undefined;
  readonly minute?: WindowLimit | undefined;
  readonly requestsAtOnce?: number | undefined;
}

export interface WindowLimit {
  /** US dollars. */
  readonly usd?: number | undefined;
  /** Input and output together. */
  readonly tokens?: number | undefined;
}

interface PrebootSettings {
  /** How long the assistant of a paid slot waits for its activation. */
  readonly forMs: number;
  /** How many wait at once; undefined: as memory allows. */
  readonly most: number | undefined;
}

export interface BackupSettings {
  /** Absolute path; the backups of a deployment are in a folder of its own. */
  readonly folder: string;
  /** What opens them, in age's own form. */
  readonly keyFile: string;
  /** Of one assistant's state. */
  readonly maxBytes: number;
  /** How many ready ones of a deployment are kept, requested and scheduled together. */
  readonly keep: number;
  /** How often one is made unasked; 0: never. */
  readonly everyMs: number;
}

export interface ModelGatewaySettings {
  /** Whether customers' own keys stay out of assistants, too. */
  readonly byok: boolean;
  readonly reach: GatewayReach;
  /** By the names of targets whose assistants reach it in another way; null where they can't. */
  readonly otherwise?: Readonly<Record<string, GatewayReach | null>>;
}

/** `names`: by the providers' own names, which lead to the assistant's bridge. */
export type GatewayReach =
  | { readonly form: "names"; readonly caPem: string }
  | { readonly form: "url"; readonly url: string };

export interface StackSettings extends GivenSettings {
  /** Where deployments live, that of new slots first: never none. */
  readonly places: readonly Place[];
  /** How assistants reach the model gateway; undefined where they have the providers' keys themselves. */
  readonly modelGateway?: ModelGatewaySettings | undefined;
}

export interface GivenSettings {
  /** Name of the target of new slots: see infra/targets.ts. */
  readonly target: string;
  readonly assistantImage: string;
  /** Repositories, with their registries, of images that a deployment may ask for. */
  readonly allowedImages: readonly string[];
  /** Of the registries that images are pulled from; of the target docker. */
  readonly logins: RegistryLogins;
  /** Absolute path of the data folder. */
  readonly dataDir: string;
  readonly backendUrl: string;
  readonly portRange: PortRange;
  /** Private IPv4 range (CIDR) cut into one /28 per deployment. */
  readonly subnetPool: string;
  readonly memoryMib: number;
  readonly cpus: number;
  /** Of one assistant's data; 0 is no limit. Of the target docker. */
  readonly stateLimitBytes: number;
  readonly startupTimeoutSeconds: number;
  /** The operator's own, for slots that don't bring one. */
  readonly modelKeys: Readonly<Partial<Record<KnownProvider, Secret>>>;
  /** What assistants may use of their models, by mode. */
  readonly modelLimits: Readonly<Record<ApiMode, ModelLimits>>;
  /** How long the data of a deployment is kept after its payment has ended. */
  readonly suspensionGraceMs: number;
  /** OCI runtime of the assistants' containers; the engine's default if absent. Of the target docker. */
  readonly runtime: string | undefined;
  /** Of this host, where the model gateway listens for assistants. */
  readonly gatewayPort: number;
  /** What is done about the host's firewall; of the target docker. */
  readonly hostRules: HostRulesMode;
  /** Operations carried out at once by this process. */
  readonly concurrency: number;
  /** Absent where no assistant is started ahead of its activation. */
  readonly preboot?: PrebootSettings | undefined;
  readonly backups: BackupSettings;
}
