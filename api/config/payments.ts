// From the environment's settings to what payments and the operator's model keys are.
import type { z } from "zod";
import { KNOWN_PROVIDERS, type KnownProvider } from "../../infra/assistant/openclaw.ts";
import type { PaymentSettings } from "../../stacks/payments/payments.ts";
import type { Secret } from "../../stacks/secret.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import type { ModelGatewayEnvironment } from "./model-gateway.ts";

const NEEDED = [
  "POLAR_ACCESS_TOKEN",
  "POLAR_WEBHOOK_SECRET",
  "POLAR_PRODUCT_BYOK",
  "POLAR_PRODUCT_MANAGED",
  "POLAR_PRODUCT_UNLIMITED",
] as const;

interface PaymentEnvironment {
  readonly BERTH_PAYMENTS: PaymentSettings["kind"];
  readonly POLAR_ACCESS_TOKEN?: Secret | undefined;
  readonly POLAR_WEBHOOK_SECRET?: Secret | undefined;
  readonly POLAR_SERVER: string;
  readonly POLAR_PRODUCT_BYOK?: string | undefined;
  readonly POLAR_PRODUCT_MANAGED?: string | undefined;
  readonly POLAR_PRODUCT_UNLIMITED?: string | undefined;
}

/** Settings that hold the operator's model keys, by provider. */
const MODEL_KEYS = {
  anthropic: "BERTH_ANTHROPIC_API_KEY",
  openai: "BERTH_OPENAI_API_KEY",
  google: "BERTH_GEMINI_API_KEY",
  openrouter: "BERTH_OPENROUTER_API_KEY",
  xai: "BERTH_XAI_API_KEY",
} as const satisfies Record<KnownProvider, string>;

export type ModelKeyEnvironment = {
  readonly [name in (typeof MODEL_KEYS)[KnownProvider]]?: Secret | undefined;
};

export function paymentSettings(read: PaymentEnvironment): PaymentSettings {
  const { BERTH_PAYMENTS: kind, POLAR_ACCESS_TOKEN: accessToken, POLAR_WEBHOOK_SECRET: webhookSecret } = read;
  if (kind === "simulated") return { kind };
  if (!accessToken || !webhookSecret) return { kind, polar: undefined };
  const products = onlySet({
    byok: read.POLAR_PRODUCT_BYOK,
    managed: read.POLAR_PRODUCT_MANAGED,
    unlimited: read.POLAR_PRODUCT_UNLIMITED,
  });
  return { kind, polar: { accessToken, webhookSecret, server: read.POLAR_SERVER, products } };
}

/** What is not set although something can't be sold, or can't be used, without it. */
export function missingSettings(read: PaymentEnvironment & ModelKeyEnvironment): string[] {
  if (read.BERTH_PAYMENTS === "simulated") return [];
  const missing: string[] = NEEDED.filter((name) => read[name] === undefined);
  const sellsKeys = read.POLAR_PRODUCT_MANAGED !== undefined || read.POLAR_PRODUCT_UNLIMITED !== undefined;
  const hasKeys = Object.keys(modelKeys(read)).length > 0;
  return sellsKeys && !hasKeys
    ? [...missing, "BERTH_ANTHROPIC_API_KEY or that of another provider"]
    : missing;
}

export function modelKeys(read: ModelKeyEnvironment): StackSettings["modelKeys"] {
  const keys = KNOWN_PROVIDERS.map((provider) => [provider, read[MODEL_KEYS[provider]]] as const);
  return onlySet(Object.fromEntries(keys) as Record<KnownProvider, Secret | undefined>);
}

/** An assistant can read the key that it works with: the operator's is handed to customers only if that was accepted. */
export function checkSharedKeys(
  read: ModelKeyEnvironment &
    Pick<ModelGatewayEnvironment, "BERTH_MODEL_GATEWAY"> & {
      readonly BERTH_ALLOW_SHARED_MODEL_KEYS: "yes" | "no";
    },
  mistakes: z.RefinementCtx,
): void {
  if (read.BERTH_ALLOW_SHARED_MODEL_KEYS === "yes") return;
  // Whether assistants can reach the gateway is found out at the start.
  if (read.BERTH_MODEL_GATEWAY !== "off") return;
  const message =
    "is handed to the assistants of mode managed and unlimited, and anybody who talks to one can have it read the key out. Have it stay at the model gateway (BERTH_MODEL_GATEWAY), unset it, or accept that with BERTH_ALLOW_SHARED_MODEL_KEYS=yes";
  for (const name of Object.values(MODEL_KEYS))
    if (read[name]) mistakes.addIssue({ code: "custom", path: [name], message });
}

function onlySet<Name extends string, Value>(
  values: Record<Name, Value | undefined>,
): Partial<Record<Name, Value>> {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as Partial<Record<Name, Value>>;
}
