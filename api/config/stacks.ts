// From the environment's settings to what the lifecycle needs to know of an installation.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { DEFAULT_ASSISTANT_IMAGE } from "../../infra/assistant/openclaw.ts";
import { TARGETS, targetNamed } from "../../infra/targets.ts";
import { type GivenSettings, HOST_RULES } from "../../stacks/settings.ts";
import { type BackupEnvironment, backupSettings } from "./backups.ts";
import { count, image, isPrivateRange, repositories, repositoryOf } from "./forms.ts";
import { type ModelGatewayEnvironment, modelLimits } from "./model-gateway.ts";
import { path } from "./paths.ts";
import { type ModelKeyEnvironment, modelKeys } from "./payments.ts";

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

export const stackEnvironment = {
  /** The first is that of new slots. */
  BERTH_TARGET: z
    .string()
    .default("docker")
    .transform((text) => text.split(",").map((name) => name.trim()))
    .refine((names) => names.every((name) => TARGETS.has(name)), {
      error: () => `must be one of ${[...TARGETS.keys()].join(", ")}, or several with commas`,
    })
    .refine((names) => new Set(names).size === names.length, "must not name a target twice"),
  BERTH_ASSISTANT_IMAGE: image.default(DEFAULT_ASSISTANT_IMAGE),
  BERTH_ALLOWED_IMAGES: z.string().transform(repositories).optional(),
  DOCKER_CONFIG: path.optional(),
  BERTH_SUSPENSION_GRACE: z.coerce.number().min(0).max(3650).default(30),
  BERTH_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(availableParallelism()),
  BERTH_PORT_RANGE: z
    .string()
    .regex(/^\d+-\d+$/, "must be first-last, e.g. 20000-24095")
    .transform((text) => text.split("-").map(Number))
    .refine(
      ([first = 0, last = 0]) => first >= 1024 && last >= first && last <= 65535,
      "must lie within 1024-65535",
    )
    .default([20000, 24095]),
  BERTH_SUBNET_POOL: z
    .string()
    .refine(isPrivateRange, "must be a private IPv4 range of at least a /28, e.g. 10.213.0.0/16")
    .default("10.213.0.0/16"),
  BERTH_STARTUP_TIMEOUT: z.coerce.number().int().min(5).max(3600).optional(),
  BERTH_MEMORY_MIB: z.coerce.number().int().min(16).default(2048),
  BERTH_CPUS: z.coerce.number().min(0.05).optional(),
  // What is within it can be backed up, too: see BERTH_BACKUP_MAX_MIB.
  BERTH_STATE_MIB: count.default(8_192),
  BERTH_PREBOOT_MINUTES: z.coerce.number().min(0).max(1_440).default(15),
  BERTH_PREBOOT_MAX: count.optional(),
  BERTH_HOST_RULES: z.enum(HOST_RULES).default("apply"),
  BERTH_RUNTIME: z
    .string()
    .regex(/^[\w.-]{1,100}$/, "must be the name of a runtime that Docker knows, e.g. runsc")
    .optional(),
};

type StackEnvironment = z.infer<z.ZodObject<typeof stackEnvironment>> &
  ModelKeyEnvironment &
  ModelGatewayEnvironment &
  BackupEnvironment;

/** What was found out before. */
interface Found {
  readonly dataDir: string;
  readonly backendUrl: string;
  /** Of the user who runs Berth, also where child processes get another. */
  readonly home: string;
  readonly inherited: NodeJS.ProcessEnv;
}

/** @throws Error when nothing knows the target */
export function stackSettings(
  read: StackEnvironment,
  { dataDir, backendUrl, home, inherited }: Found,
): GivenSettings {
  const [target = ""] = read.BERTH_TARGET;
  const defaults = read.BERTH_TARGET.map((name) => targetNamed(name).defaults);
  const startups = defaults.map(({ startupTimeoutSeconds }) => startupTimeoutSeconds);
  const [first = 0, last = 0] = read.BERTH_PORT_RANGE;
  const dockerConfig = read.DOCKER_CONFIG ?? join(home, ".docker");
  return {
    target,
    assistantImage: read.BERTH_ASSISTANT_IMAGE,
    allowedImages: read.BERTH_ALLOWED_IMAGES ?? repositoryOf(read.BERTH_ASSISTANT_IMAGE),
    logins: { configFile: join(dockerConfig, "config.json"), environment: { ...inherited, HOME: home } },
    dataDir,
    backendUrl,
    portRange: { first, last },
    subnetPool: read.BERTH_SUBNET_POOL,
    memoryMib: read.BERTH_MEMORY_MIB,
    cpus: read.BERTH_CPUS ?? Math.min(...defaults.map(({ cpus }) => cpus)),
    stateLimitBytes: read.BERTH_STATE_MIB * MIB,
    startupTimeoutSeconds: read.BERTH_STARTUP_TIMEOUT ?? Math.max(...startups),
    runtime: read.BERTH_RUNTIME,
    hostRules: read.BERTH_HOST_RULES,
    gatewayPort: read.BERTH_GATEWAY_PORT,
    concurrency: read.BERTH_CONCURRENCY,
    preboot: prebootSettings(read),
    suspensionGraceMs: read.BERTH_SUSPENSION_GRACE * DAY_MS,
    modelKeys: modelKeys(read),
    modelLimits: modelLimits(read),
    backups: backupSettings(read, dataDir),
  };
}

function prebootSettings({
  BERTH_PREBOOT_MINUTES: minutes,
  BERTH_PREBOOT_MAX: most,
}: StackEnvironment): GivenSettings["preboot"] {
  return minutes === 0 || most === 0 ? undefined : { forMs: minutes * 60_000, most };
}
