// The only reader of process.env. A wrong setting stops the start, with every mistake named at once.
import { availableParallelism, homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { DEFAULT_ASSISTANT_IMAGE } from "../../infra/assistant/openclaw.ts";
import type { Place } from "../../infra/target.ts";
import { TARGETS, targetNamed } from "../../infra/targets.ts";
import type { PinnedHost } from "../../stacks/callbacks/network.ts";
import { PAYMENTS, type PaymentSettings } from "../../stacks/payments/payments.ts";
import { PROJECT_ROOT } from "../../stacks/pulumi/environment.ts";
import { type GivenSettings, HOST_RULES } from "../../stacks/settings.ts";
import { awsConfig, awsFoundation, awsRegions, checkAws } from "./aws.ts";
import { backupEvery, backupKeep, backupMaxMib, backupSettings } from "./backups.ts";
import {
  accessKey,
  baseUrl,
  count,
  image,
  isPrivateRange,
  isProxyList,
  key,
  modelKey,
  pinnedHosts,
  port,
  product,
  repositories,
  repositoryOf,
  withoutSidecars,
} from "./forms.ts";
import { type Limits, limits, limitsEnvironment } from "./limits.ts";
import { missingSettings, modelKeys, paymentSettings } from "./payments.ts";
import { tracingEnvironment, tracingSettings } from "./tracing.ts";

const ROLES = ["all", "api", "worker"] as const;

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

const Environment = z.object({
  PORT: port.default(8080),
  HOST: z.string().min(1).default("127.0.0.1"),
  BERTH_DATA_DIR: z.string().min(1).default(".berth"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" }).optional(),
  PULUMI_BACKEND_URL: z
    .string()
    .regex(/^[a-z0-9+.-]+:\/\//, "must be a URL such as file://, s3:// or postgres://")
    .optional(),
  PULUMI_CONFIG_PASSPHRASE: z.string().optional(),
  PULUMI_CONFIG_PASSPHRASE_FILE: z.string().min(1).optional(),
  BERTH_API_KEY: accessKey.optional(),
  BERTH_METRICS_KEY: accessKey.optional(),
  BERTH_TARGET: z
    .string()
    .refine((name) => TARGETS.has(name), { error: () => `must be one of ${[...TARGETS.keys()].join(", ")}` })
    .default("docker"),
  BERTH_AWS_REGION: awsRegions.optional(),
  BERTH_AWS_FOUNDATION: awsFoundation.optional(),
  BERTH_ASSISTANT_IMAGE: image.default(DEFAULT_ASSISTANT_IMAGE),
  BERTH_ALLOWED_IMAGES: z.string().transform(repositories).optional(),
  DOCKER_CONFIG: z.string().min(1).optional(),
  BERTH_PAYMENTS: z.enum(PAYMENTS).default("simulated"),
  BERTH_PUBLIC_URL: baseUrl.optional(),
  POLAR_ACCESS_TOKEN: key.optional(),
  POLAR_WEBHOOK_SECRET: key.optional(),
  POLAR_SERVER: z.union([z.enum(["production", "sandbox"]), baseUrl]).default("production"),
  POLAR_PRODUCT_BYOK: product.optional(),
  POLAR_PRODUCT_MANAGED: product.optional(),
  POLAR_PRODUCT_UNLIMITED: product.optional(),
  BERTH_SUSPENSION_GRACE: z.coerce.number().min(0).max(3650).default(30),
  BERTH_ANTHROPIC_API_KEY: modelKey.optional(),
  BERTH_OPENAI_API_KEY: modelKey.optional(),
  BERTH_GEMINI_API_KEY: modelKey.optional(),
  BERTH_OPENROUTER_API_KEY: modelKey.optional(),
  BERTH_XAI_API_KEY: modelKey.optional(),
  BERTH_MODEL_CHECK: z.enum(["on", "off"]).default("on"),
  BERTH_TELEGRAM_CHECK: z.enum(["on", "off"]).default("on"),
  BERTH_ROLE: z.enum(ROLES).default("all"),
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
  BERTH_HOST_RULES: z.enum(HOST_RULES).default("apply"),
  BERTH_RUNTIME: z
    .string()
    .regex(/^[\w.-]{1,100}$/, "must be the name of a runtime that Docker knows, e.g. runsc")
    .optional(),
  BERTH_BACKUP_DIR: z.string().min(1).optional(),
  BERTH_BACKUP_KEEP: backupKeep,
  BERTH_BACKUP_EVERY: backupEvery,
  BERTH_BACKUP_MAX_MIB: backupMaxMib,
  ...limitsEnvironment,
  BERTH_TRUST_PROXY: z
    .string()
    .refine(isProxyList, "must be the proxies' addresses or ranges, e.g. 10.0.0.1, 192.168.0.0/16")
    .optional(),
  BERTH_CALLBACK_RESOLVE: z.string().transform(pinnedHosts).default([]),
  ...tracingEnvironment,
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly passphrase: { readonly value: string } | { readonly file: string } | undefined;
  readonly apiKey: string | undefined;
  /** Opens /metrics, as the operator's key does. */
  readonly metricsKey: string | undefined;
  readonly payments: PaymentSettings;
  /** What is not set although not everything can be sold without it. */
  readonly missing: readonly string[];
  /** Base of the addresses that Berth hands out; the address that it listens on if absent. */
  readonly publicUrl: string | undefined;
  readonly role: (typeof ROLES)[number];
  readonly logLevel: string;
  readonly tracing: ReturnType<typeof tracingSettings>;
  readonly limits: Limits;
  /** Proxies whose X-Forwarded-For is believed; undefined for nobody's. */
  readonly trustProxy: string[] | undefined;
  /** Places that callbacks are delivered to at a given address, private ones too. */
  readonly callbackResolve: readonly PinnedHost[];
  /** Whether model providers are asked about the assistants' keys and models. */
  readonly checksModels: boolean;
  /** Whether Telegram is asked about the assistants' bot tokens. */
  readonly checksBots: boolean;
  readonly stacks: GivenSettings;
  /** Where deployments are to live, as far as the settings say so: see TargetRow. */
  readonly places: readonly Place[];
  /** None unless the target is aws. */
  readonly aws: ReturnType<typeof awsConfig>;
  /** The inherited environment without the keys of the installation, for set-up and for child processes. */
  readonly environment: NodeJS.ProcessEnv;
}

/** @throws Error that names every wrong setting. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const nonEmpty = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Environment.superRefine(checkAws).safeParse(nonEmpty);
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new Error(`Berth did not start, because of its settings:\n${mistakes.join("\n")}`);
  }
  const read = parsed.data;
  const aws = awsConfig(read);
  const inherited = withoutSecrets(environment);
  return {
    host: read.HOST,
    port: read.PORT,
    databaseUrl: read.DATABASE_URL,
    passphrase: passphrase(read),
    apiKey: read.BERTH_API_KEY,
    metricsKey: read.BERTH_METRICS_KEY,
    payments: paymentSettings(read),
    missing: missingSettings(read),
    publicUrl: read.BERTH_PUBLIC_URL,
    role: read.BERTH_ROLE,
    logLevel: read.LOG_LEVEL,
    tracing: tracingSettings(read),
    aws,
    places: aws.length > 0 ? aws : [{ target: read.BERTH_TARGET, region: null }],
    limits: limits(read),
    trustProxy: read.BERTH_TRUST_PROXY?.split(",").map((proxy) => proxy.trim()),
    callbackResolve: read.BERTH_CALLBACK_RESOLVE,
    checksModels: read.BERTH_MODEL_CHECK === "on",
    checksBots: read.BERTH_TELEGRAM_CHECK === "on",
    environment: inherited,
    stacks: stackSettings(read, inherited),
  };
}

function stackSettings(read: z.infer<typeof Environment>, inherited: NodeJS.ProcessEnv): GivenSettings {
  const { defaults } = targetNamed(read.BERTH_TARGET);
  const dataDir = resolve(PROJECT_ROOT, read.BERTH_DATA_DIR);
  const [first = 0, last = 0] = read.BERTH_PORT_RANGE;
  const dockerConfig = read.DOCKER_CONFIG ?? join(inherited.HOME ?? homedir(), ".docker");
  return {
    target: read.BERTH_TARGET,
    assistantImage: read.BERTH_ASSISTANT_IMAGE,
    allowedImages: read.BERTH_ALLOWED_IMAGES ?? repositoryOf(read.BERTH_ASSISTANT_IMAGE),
    logins: { configFile: join(dockerConfig, "config.json"), environment: inherited },
    dataDir,
    backendUrl: withoutSidecars(read.PULUMI_BACKEND_URL ?? `file://${join(dataDir, "state")}`),
    portRange: { first, last },
    subnetPool: read.BERTH_SUBNET_POOL,
    memoryMib: read.BERTH_MEMORY_MIB,
    cpus: read.BERTH_CPUS ?? defaults.cpus,
    stateLimitBytes: read.BERTH_STATE_MIB * MIB,
    startupTimeoutSeconds: read.BERTH_STARTUP_TIMEOUT ?? defaults.startupTimeoutSeconds,
    runtime: read.BERTH_RUNTIME,
    hostRules: read.BERTH_HOST_RULES,
    concurrency: read.BERTH_CONCURRENCY,
    suspensionGraceMs: read.BERTH_SUSPENSION_GRACE * DAY_MS,
    modelKeys: modelKeys(read),
    backups: backupSettings(read, dataDir),
  };
}

/** What child processes must not inherit. */
const SECRETS: readonly string[] = [
  "BERTH_API_KEY",
  "BERTH_METRICS_KEY",
  "DATABASE_URL",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  "POLAR_ACCESS_TOKEN",
  "POLAR_WEBHOOK_SECRET",
  "BERTH_ANTHROPIC_API_KEY",
  "BERTH_OPENAI_API_KEY",
  "BERTH_GEMINI_API_KEY",
  "BERTH_OPENROUTER_API_KEY",
  "BERTH_XAI_API_KEY",
] satisfies (keyof z.infer<typeof Environment>)[];

/** Nor the collector and its key: Docker and pulumi would send it traces of their own. */
function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isLeftOut = (name: string) => SECRETS.includes(name) || name.startsWith("OTEL_");
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isLeftOut(name)));
}

function passphrase(read: z.infer<typeof Environment>): Config["passphrase"] {
  if (read.PULUMI_CONFIG_PASSPHRASE !== undefined) return { value: read.PULUMI_CONFIG_PASSPHRASE };
  const file = read.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (file === undefined) return undefined;
  return { file: isAbsolute(file) ? file : resolve(PROJECT_ROOT, file) };
}
