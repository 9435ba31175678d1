import type { ModelProvider } from "../api/shapes.ts";

export const PROVIDERS: readonly { readonly value: ModelProvider; readonly label: string }[] = [
  { value: "anthropic", label: "Anthropic" },
  { value: "openai", label: "OpenAI" },
  { value: "google", label: "Google" },
  { value: "openrouter", label: "OpenRouter" },
  { value: "xai", label: "xAI" },
];
