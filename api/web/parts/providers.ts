import type { ModelProvider } from "../api/shapes.ts";

/** Any server that speaks OpenAI's Chat Completions. It has an address, and its models are its own. */
export const COMPATIBLE = "openai-compatible" satisfies ModelProvider;

export const PROVIDERS: readonly { readonly value: ModelProvider; readonly label: string }[] = [
  { value: "anthropic", label: "Anthropic" },
  { value: "openai", label: "OpenAI" },
  { value: "google", label: "Google" },
  { value: "openrouter", label: "OpenRouter" },
  { value: "xai", label: "xAI" },
  { value: COMPATIBLE, label: "Another, by its address" },
];
