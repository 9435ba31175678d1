// How an assistant's OpenClaw speaks to a compatible server, which it knows nothing of. Pure.

/** Of the provider's part of `openclaw.json`, where no gateway stands between. OpenClaw sends the key to this origin alone. */
export function compatibleSettings(baseUrl: string) {
  return { baseUrl, api: "openai-completions" } as const;
}

/**
 * What a model's row says besides. Every server takes `max_tokens`, and few what OpenClaw would send in its place.
 * merge-settings.mjs removes both words.
 */
export function compatibleRow(baseUrl: string) {
  const asks = asksForUsage(baseUrl) && { supportsUsageInStreaming: true };
  return { compat: { maxTokensField: "max_tokens", ...asks } } as const;
}

/** Mistral refuses `stream_options`, and reports its usage without them. */
export function asksForUsage(baseUrl: string): boolean {
  return new URL(baseUrl).hostname !== "api.mistral.ai";
}
