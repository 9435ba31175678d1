// How an assistant's OpenClaw reaches the model gateway in its provider's place: names, and keys of `openclaw.json`. Pure.
import { PROVIDER_ADDRESSES, providerOrigin } from "./provider-addresses.ts";

/**
 * By names, the assistant keeps its provider's own address, and its target leads that name to the gateway: OpenClaw
 * then treats the provider as it always does. By a URL it takes it for a stranger's server, which costs some of that.
 */
export type ModelGateway = { readonly form: "names" } | { readonly form: "url"; readonly url: string };

/** The protocols that OpenClaw speaks with them, as it names these itself. */
const PROTOCOLS = {
  anthropic: "anthropic-messages",
  openai: "openai-responses",
  google: "google-generative-ai",
  openrouter: "openai-completions",
  xai: "openai-responses",
  "openai-compatible": "openai-completions",
} as const;
type Provider = keyof typeof PROTOCOLS;

/** OpenClaw adds the version to their base URL itself. */
const WITHOUT_VERSION: readonly Provider[] = ["anthropic"];

/** With a base URL and no `api`, OpenClaw speaks Chat Completions to these. */
const NAMED_WITH_API: readonly Provider[] = ["anthropic", "google", "openai-compatible"];

/** The name that leads to the gateway by names. */
export function providerHost(provider: Provider): string {
  return PROVIDER_ADDRESSES[provider].host;
}

/** All such names. */
export function providerHosts(): string[] {
  return Object.values(PROVIDER_ADDRESSES).map(({ host }) => host);
}

/** Of the provider's part of `openclaw.json`. merge-settings.mjs removes all of it where it is no longer asked for. */
export function gatewaySettings(provider: Provider, gateway: ModelGateway): Record<string, unknown> {
  const api = PROTOCOLS[provider];
  const path = WITHOUT_VERSION.includes(provider) ? "" : PROVIDER_ADDRESSES[provider].version;
  const isUrl = gateway.form === "url";
  return {
    baseUrl: isUrl
      ? `${gateway.url.replace(/\/+$/, "")}/${provider}${path}`
      : `${providerOrigin(provider)}${path}`,
    ...((isUrl || NAMED_WITH_API.includes(provider)) && { api }),
    // A provider's name that leads to a private address is refused otherwise.
    request: { allowPrivateNetwork: true },
  };
}

/** Models that OpenClaw gives programs to write in the place of most tools, if it takes their provider for what it is. */
const WRITES_PROGRAMS: Partial<Record<Provider, RegExp>> = {
  anthropic: /^claude-(?:\w+-5|opus-4-8)/,
  openai: /^gpt-(?:5\.[5-9]|[6-9])/,
  google: /^gemini-3/,
};

/**
 * What a model's row says besides: what OpenClaw doesn't trust a server with that it does not know. By names nothing is needed.
 * merge-settings.mjs removes these, too.
 */
export function gatewayRow(
  provider: Provider,
  model: string,
  { form }: ModelGateway,
): { readonly compat?: Readonly<Record<string, unknown>> } {
  if (form === "names") return {};
  const isClaude = provider === "openrouter" && model.startsWith("anthropic/");
  const hasResponses = PROTOCOLS[provider] === "openai-responses";
  const compat = {
    ...(WRITES_PROGRAMS[provider]?.test(model) && { codeMode: "preferred" }),
    ...(isClaude && { cacheControlFormat: "anthropic" }),
    ...(hasResponses && { supportsPromptCacheKey: true, supportsInstructions: true }),
  };
  return Object.keys(compat).length > 0 ? { compat } : {};
}
