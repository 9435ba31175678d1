// THE table of the model providers' addresses: hosts, and what all paths of an API begin with.

export const PROVIDER_ADDRESSES = {
  anthropic: { host: "api.anthropic.com", version: "/v1" },
  openai: { host: "api.openai.com", version: "/v1" },
  google: { host: "generativelanguage.googleapis.com", version: "/v1beta" },
  openrouter: { host: "openrouter.ai", version: "/api/v1" },
  xai: { host: "api.x.ai", version: "/v1" },
  // No server of the internet can have that name (RFC 6761). OpenClaw refuses some others, such as `.internal`.
  "openai-compatible": { host: "compatible.berth.invalid", version: "/v1" },
} as const;

/** Where a provider's API is, without its version. */
export function providerOrigin(provider: keyof typeof PROVIDER_ADDRESSES): string {
  return `https://${PROVIDER_ADDRESSES[provider].host}`;
}
