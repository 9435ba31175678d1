// From the environment's settings to how assistants reach their models, and how much they may use of them.
import { z } from "zod";
import { KNOWN_PROVIDERS, type KnownProvider } from "../../infra/assistant/openclaw.ts";
import type { PrivateHosts } from "../../stacks/model-servers/model-servers.ts";
import type { GivenSettings } from "../../stacks/settings.ts";
import { LIMIT_WINDOWS, type ModelLimits, type WindowLimit } from "../../stacks/settings.ts";
import { baseUrl, count, httpsBaseUrl, port, privateHosts } from "./forms.ts";
import { path } from "./paths.ts";

const MIB = 1024 * 1024;
const GATEWAY_MODES = ["all", "managed", "off"] as const;

/** Sum in US dollars, or tokens; what is not set is not limited. */
const usd = z.coerce.number().min(0).max(1_000_000).optional();
const tokens = z.coerce.number().int().min(0).max(1e12).optional();

const MODES = ["BYOK", "MANAGED", "UNLIMITED"] as const;
const PERIODS = { month: "MONTHLY", day: "DAILY", minute: "MINUTE" } as const;
type Mode = (typeof MODES)[number];
type Period = (typeof PERIODS)[keyof typeof PERIODS];
/** A month of what is sold by the month must end somewhere unless the operator says otherwise. */
const MANAGED_MONTHLY_USD = 20;

type LimitName = `BERTH_${Mode}_${Period}_${"USD" | "TOKENS"}`;
type AtOnceName = `BERTH_${Mode}_REQUESTS_AT_ONCE`;

const limitEnvironment = Object.fromEntries(
  MODES.flatMap((mode) => [
    ...Object.values(PERIODS).flatMap((period) => [
      [`BERTH_${mode}_${period}_USD`, usd],
      [`BERTH_${mode}_${period}_TOKENS`, tokens],
    ]),
    [`BERTH_${mode}_REQUESTS_AT_ONCE`, z.coerce.number().int().min(1).max(10_000).optional()],
  ]),
) as Record<LimitName, typeof usd> & Record<AtOnceName, typeof usd>;

/** Part of the environment: see config.ts. */
export const modelGatewayEnvironment = {
  BERTH_MODEL_GATEWAY: z.enum(GATEWAY_MODES).default("all"),
  BERTH_GATEWAY_PORT: port.default(18_790),
  BERTH_GATEWAY_URL: httpsBaseUrl.optional(),
  BERTH_GATEWAY_BODY_MIB: count.default(50),
  BERTH_ANTHROPIC_BASE_URL: baseUrl.optional(),
  BERTH_OPENAI_BASE_URL: baseUrl.optional(),
  BERTH_GEMINI_BASE_URL: baseUrl.optional(),
  BERTH_OPENROUTER_BASE_URL: baseUrl.optional(),
  BERTH_XAI_BASE_URL: baseUrl.optional(),
  BERTH_MODEL_PRICES: path.optional(),
  BERTH_PRIVATE_MODEL_HOSTS: z.string().transform(privateHosts).default({ names: [], ranges: [] }),
  ...limitEnvironment,
  BERTH_MANAGED_MONTHLY_USD: usd.default(MANAGED_MONTHLY_USD),
};

export type ModelGatewayEnvironment = z.infer<z.ZodObject<typeof modelGatewayEnvironment>>;

export interface GatewayConfig {
  readonly mode: (typeof GATEWAY_MODES)[number];
  readonly port: number;
  readonly url: string | undefined;
  readonly bodyBytes: number;
  /** Where providers are, if not where they are for everybody. */
  readonly baseUrls: Readonly<Partial<Record<KnownProvider, string>>>;
  readonly pricesFile: string | undefined;
  /** Where customers' own servers may be although that is not public. */
  readonly privateHosts: PrivateHosts;
}

const BASE_URLS = {
  anthropic: "BERTH_ANTHROPIC_BASE_URL",
  openai: "BERTH_OPENAI_BASE_URL",
  google: "BERTH_GEMINI_BASE_URL",
  openrouter: "BERTH_OPENROUTER_BASE_URL",
  xai: "BERTH_XAI_BASE_URL",
} as const satisfies Record<KnownProvider, keyof ModelGatewayEnvironment>;

export function gatewayConfig(read: ModelGatewayEnvironment): GatewayConfig {
  const baseUrls = KNOWN_PROVIDERS.flatMap((provider) => {
    const url = read[BASE_URLS[provider]];
    return url === undefined ? [] : [[provider, url] as const];
  });
  return {
    mode: read.BERTH_MODEL_GATEWAY,
    port: read.BERTH_GATEWAY_PORT,
    url: read.BERTH_GATEWAY_URL,
    bodyBytes: read.BERTH_GATEWAY_BODY_MIB * MIB,
    baseUrls: Object.fromEntries(baseUrls),
    pricesFile: read.BERTH_MODEL_PRICES,
    privateHosts: read.BERTH_PRIVATE_MODEL_HOSTS,
  };
}

export function modelLimits(read: ModelGatewayEnvironment): GivenSettings["modelLimits"] {
  return {
    byok: limitsOf(read, "BYOK"),
    managed: limitsOf(read, "MANAGED"),
    unlimited: limitsOf(read, "UNLIMITED"),
  };
}

function limitsOf(read: ModelGatewayEnvironment, mode: Mode): ModelLimits {
  const windows = LIMIT_WINDOWS.map((window) => {
    const usd = read[`BERTH_${mode}_${PERIODS[window]}_USD`];
    const tokens = read[`BERTH_${mode}_${PERIODS[window]}_TOKENS`];
    const limit: WindowLimit = {
      ...(usd !== undefined && { usd }),
      ...(tokens !== undefined && { tokens }),
    };
    return [window, limit] as const;
  });
  const requestsAtOnce = read[`BERTH_${mode}_REQUESTS_AT_ONCE`];
  return { ...Object.fromEntries(windows), ...(requestsAtOnce !== undefined && { requestsAtOnce }) };
}
