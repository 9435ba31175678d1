// The only reader of process.env. A wrong setting stops the start, with every mistake named at once.
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import type { Place } from "../../infra/target.ts";
import type { PinnedHost } from "../../stacks/callbacks/network.ts";
import { PAYMENTS, type PaymentSettings } from "../../stacks/payments/payments.ts";
import { PROJECT_ROOT } from "../../stacks/pulumi/environment.ts";
import type { GivenSettings } from "../../stacks/settings.ts";
import { awsConfig, awsFoundation, awsRegions, checkAws } from "./aws.ts";
import { backupEvery, backupKeep, backupMaxMib } from "./backups.ts";
import { accessKey, baseUrl, isProxyList, key, modelKey, pinnedHosts, port, product } from "./forms.ts";
import { homesFor } from "./home.ts";
import { forOperations, forSetup } from "./inherited.ts";
import { kubernetesEnvironment, kubernetesPlaces } from "./kubernetes.ts";
import { type Limits, limits, limitsEnvironment } from "./limits.ts";
import { type GatewayConfig, gatewayConfig, modelGatewayEnvironment } from "./model-gateway.ts";
import { backendUrl, fileBackend, givenBackend, path } from "./paths.ts";
import { checkSharedKeys, missingSettings, paymentSettings } from "./payments.ts";
import { stackEnvironment, stackSettings } from "./stacks.ts";
import { tracingEnvironment, tracingSettings } from "./tracing.ts";

const ROLES = ["all", "api", "worker", "gateway"] as const;

const Environment = z.object({
  PORT: port.default(8080),
  HOST: z.string().min(1).default("127.0.0.1"),
  BERTH_DATA_DIR: path.default(".berth"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" }).optional(),
  PULUMI_BACKEND_URL: backendUrl.optional(),
  PULUMI_CONFIG_PASSPHRASE: z.string().optional(),
  PULUMI_CONFIG_PASSPHRASE_FILE: path.optional(),
  BERTH_API_KEY: accessKey.optional(),
  BERTH_METRICS_KEY: accessKey.optional(),
  BERTH_AWS_REGION: awsRegions.optional(),
  BERTH_AWS_FOUNDATION: awsFoundation.optional(),
  ...kubernetesEnvironment,
  ...stackEnvironment,
  BERTH_PAYMENTS: z.enum(PAYMENTS).default("simulated"),
  BERTH_PUBLIC_URL: baseUrl.optional(),
  POLAR_ACCESS_TOKEN: key.optional(),
  POLAR_WEBHOOK_SECRET: key.optional(),
  POLAR_SERVER: z.union([z.enum(["production", "sandbox"]), baseUrl]).default("production"),
  POLAR_PRODUCT_BYOK: product.optional(),
  POLAR_PRODUCT_MANAGED: product.optional(),
  POLAR_PRODUCT_UNLIMITED: product.optional(),
  BERTH_ANTHROPIC_API_KEY: modelKey.optional(),
  BERTH_OPENAI_API_KEY: modelKey.optional(),
  BERTH_GEMINI_API_KEY: modelKey.optional(),
  BERTH_OPENROUTER_API_KEY: modelKey.optional(),
  BERTH_XAI_API_KEY: modelKey.optional(),
  ...modelGatewayEnvironment,
  BERTH_ALLOW_SHARED_MODEL_KEYS: z.enum(["yes", "no"]).default("no"),
  BERTH_MODEL_CHECK: z.enum(["on", "off"]).default("on"),
  BERTH_TELEGRAM_CHECK: z.enum(["on", "off"]).default("on"),
  BERTH_ROLE: z.enum(ROLES).default("all"),
  BERTH_REHEARSAL: z.enum(["on", "off"]).default("on"),
  BERTH_BACKUP_DIR: path.optional(),
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
  /** Whether modes are sold in which assistants get the operator's model keys. */
  readonly sharesModelKeys: boolean;
  readonly gateway: GatewayConfig;
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
  /** Whether nothing is sold before a rehearsal has passed. */
  readonly rehearses: boolean;
  readonly stacks: GivenSettings;
  /** Where deployments are to live, as far as the settings say so: see TargetRow. */
  readonly places: readonly Place[];
  /** None unless aws is among the targets. */
  readonly aws: ReturnType<typeof awsConfig>;
  /** None unless kubernetes is among the targets. */
  readonly kubernetes: ReturnType<typeof kubernetesPlaces>;
  /** For the programs of set-up. */
  readonly environment: NodeJS.ProcessEnv;
  /** For what carries operations out, before Pulumi's own settings. */
  readonly operationsEnvironment: Readonly<Record<string, string>>;
}

/** @throws Error that names every wrong setting. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const nonEmpty = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Environment.superRefine(checkAws).superRefine(checkSharedKeys).safeParse(nonEmpty);
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new Error(`Berth did not start, because of its settings:\n${mistakes.join("\n")}`);
  }
  const read = parsed.data;
  const aws = awsConfig(read);
  const kubernetes = kubernetesPlaces(read);
  const known: readonly Place[] = [...aws, ...kubernetes];
  const places = read.BERTH_TARGET.flatMap((target) => {
    const own = known.filter((place) => place.target === target);
    return own.length > 0 ? own : [{ target, region: null }];
  });
  const dataDir = resolve(PROJECT_ROOT, read.BERTH_DATA_DIR);
  const backend =
    read.PULUMI_BACKEND_URL === undefined
      ? fileBackend(join(dataDir, "state"))
      : givenBackend(read.PULUMI_BACKEND_URL, environment.HOME);
  const homes = homesFor(environment, dataDir);
  const inherited = { ...forSetup(environment), ...homes };
  return {
    host: read.HOST,
    port: read.PORT,
    databaseUrl: read.DATABASE_URL,
    passphrase: passphrase(read),
    apiKey: read.BERTH_API_KEY,
    metricsKey: read.BERTH_METRICS_KEY,
    payments: paymentSettings(read),
    sharesModelKeys: read.BERTH_ALLOW_SHARED_MODEL_KEYS === "yes",
    gateway: gatewayConfig(read),
    missing: missingSettings(read),
    publicUrl: read.BERTH_PUBLIC_URL,
    role: read.BERTH_ROLE,
    logLevel: read.LOG_LEVEL,
    tracing: tracingSettings(read),
    aws,
    places,
    kubernetes,
    limits: limits(read),
    trustProxy: read.BERTH_TRUST_PROXY?.split(",").map((proxy) => proxy.trim()),
    callbackResolve: read.BERTH_CALLBACK_RESOLVE,
    checksModels: read.BERTH_MODEL_CHECK === "on",
    checksBots: read.BERTH_TELEGRAM_CHECK === "on",
    rehearses: read.BERTH_REHEARSAL === "on",
    environment: inherited,
    operationsEnvironment: {
      ...forOperations(environment, { targets: read.BERTH_TARGET, backendUrl: backend }),
      ...homes,
    },
    stacks: stackSettings(read, {
      dataDir,
      backendUrl: backend,
      home: environment.HOME ?? homedir(),
      inherited,
    }),
  };
}

function passphrase(read: z.infer<typeof Environment>): Config["passphrase"] {
  if (read.PULUMI_CONFIG_PASSPHRASE !== undefined) return { value: read.PULUMI_CONFIG_PASSPHRASE };
  const file = read.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (file === undefined) return undefined;
  return { file: isAbsolute(file) ? file : resolve(PROJECT_ROOT, file) };
}
