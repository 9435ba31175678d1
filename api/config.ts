// The only reader of process.env. A wrong setting stops the start, with every mistake named at once.
import { availableParallelism } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { TARGETS } from "../infra/args.ts";
import { DEFAULT_ASSISTANT_IMAGE } from "../infra/openclaw.ts";
import { PAYMENTS } from "../stacks/payments.ts";
import { PROJECT_ROOT } from "../stacks/pulumi-environment.ts";
import type { StackSettings } from "../stacks/settings.ts";
import { type AwsConfig, awsConfig, awsFoundation, awsRegion, checkAws, DEFAULTS } from "./aws-settings.ts";

export const ROLES = ["all", "api", "worker"] as const;

const port = z.coerce.number().int().min(0).max(65535);

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
  BERTH_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{16,256}$/, "must be 16 to 256 printable characters without spaces")
    .optional(),
  BERTH_TARGET: z.enum(TARGETS).default("docker"),
  BERTH_AWS_REGION: awsRegion.optional(),
  BERTH_AWS_FOUNDATION: awsFoundation.optional(),
  BERTH_ASSISTANT_IMAGE: z
    .string()
    .regex(/^[\w][\w./:@-]*$/, "must be an image reference")
    .default(DEFAULT_ASSISTANT_IMAGE),
  BERTH_PAYMENTS: z.enum(PAYMENTS).default("simulated"),
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
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly passphrase: { readonly value: string } | { readonly file: string } | undefined;
  readonly apiKey: string | undefined;
  readonly payments: (typeof PAYMENTS)[number];
  readonly role: (typeof ROLES)[number];
  readonly logLevel: string;
  readonly stacks: StackSettings;
  /** Undefined unless the target is aws. */
  readonly aws: AwsConfig | undefined;
  /** The inherited environment, for set-up and for child processes. */
  readonly environment: NodeJS.ProcessEnv;
}

/** @throws Error that names every wrong setting. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Environment.superRefine(checkAws).safeParse(given);
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new Error(`Berth did not start, because of its settings:\n${mistakes.join("\n")}`);
  }
  const read = parsed.data;
  const defaults = DEFAULTS[read.BERTH_TARGET];
  const dataDir = resolve(PROJECT_ROOT, read.BERTH_DATA_DIR);
  const [first = 0, last = 0] = read.BERTH_PORT_RANGE;
  return {
    host: read.HOST,
    port: read.PORT,
    databaseUrl: read.DATABASE_URL,
    passphrase: passphrase(read),
    apiKey: read.BERTH_API_KEY,
    payments: read.BERTH_PAYMENTS,
    role: read.BERTH_ROLE,
    logLevel: read.LOG_LEVEL,
    environment,
    aws: awsConfig(read),
    stacks: {
      target: read.BERTH_TARGET,
      assistantImage: read.BERTH_ASSISTANT_IMAGE,
      dataDir,
      backendUrl: withoutSidecars(read.PULUMI_BACKEND_URL ?? `file://${join(dataDir, "state")}`),
      portRange: { first, last },
      subnetPool: read.BERTH_SUBNET_POOL,
      memoryMib: read.BERTH_MEMORY_MIB,
      cpus: read.BERTH_CPUS ?? defaults.cpus,
      startupTimeoutSeconds: read.BERTH_STARTUP_TIMEOUT ?? defaults.startupTimeoutSeconds,
      concurrency: read.BERTH_CONCURRENCY,
    },
  };
}

function passphrase(read: z.infer<typeof Environment>): Config["passphrase"] {
  if (read.PULUMI_CONFIG_PASSPHRASE !== undefined) return { value: read.PULUMI_CONFIG_PASSPHRASE };
  const file = read.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (file === undefined) return undefined;
  return { file: isAbsolute(file) ? file : resolve(PROJECT_ROOT, file) };
}

/**
 * A file backend writes a second file beside each of its own, and that not at once: pulumi killed in between would leave
 * a stack that nobody can read. Nothing needs those files.
 */
function withoutSidecars(url: string): string {
  if (!url.startsWith("file://") || url.includes("metadata=")) return url;
  return `${url}${url.includes("?") ? "&" : "?"}metadata=skip`;
}

function isPrivateRange(text: string): boolean {
  if (!ipaddr.IPv4.isValidCIDR(text)) return false;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  return (
    prefix <= 28 &&
    address.range() === "private" &&
    ipaddr.IPv4.broadcastAddressFromCIDR(text).range() === "private"
  );
}
