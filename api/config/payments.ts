// From the environment's settings to what payments and the operator's model keys are.
import type { PaymentSettings } from "../../stacks/payments/payments.ts";
import type { Secret } from "../../stacks/secret.ts";
import type { StackSettings } from "../../stacks/settings.ts";

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

export interface ModelKeyEnvironment {
  readonly BERTH_ANTHROPIC_API_KEY?: Secret | undefined;
  readonly BERTH_OPENAI_API_KEY?: Secret | undefined;
  readonly BERTH_GEMINI_API_KEY?: Secret | undefined;
  readonly BERTH_OPENROUTER_API_KEY?: Secret | undefined;
  readonly BERTH_XAI_API_KEY?: Secret | undefined;
}

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
  return onlySet({
    anthropic: read.BERTH_ANTHROPIC_API_KEY,
    openai: read.BERTH_OPENAI_API_KEY,
    google: read.BERTH_GEMINI_API_KEY,
    openrouter: read.BERTH_OPENROUTER_API_KEY,
    xai: read.BERTH_XAI_API_KEY,
  });
}

function onlySet<Name extends string, Value>(
  values: Record<Name, Value | undefined>,
): Partial<Record<Name, Value>> {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as Partial<Record<Name, Value>>;
}
