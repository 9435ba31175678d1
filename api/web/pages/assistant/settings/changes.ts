// The form of an assistant's settings, and which of them were changed.
import type { Deployment, ModelProvider, PatchBody } from "../../../api/shapes.ts";
import { COMPATIBLE, PROVIDERS } from "../../../parts/providers.ts";

export interface Settings extends Record<string, unknown> {
  readonly name: string;
  readonly modelProvider: ModelProvider;
  readonly modelId: string;
  /** Of a server that is named by its address; else empty. */
  readonly baseUrl: string;
  readonly fallbackModels: string[];
  /** Empty: the stored one stays. */
  readonly telegramBotToken: string;
  readonly modelApiKey: string;
  readonly allowFrom: string[];
  readonly callbackUrl: string;
}

export const SECRETS = ["telegramBotToken", "modelApiKey"] as const satisfies (keyof Settings)[];

/** What is stored; of secrets nothing. */
export function settingsOf(deployment: Deployment): Settings {
  const { name, modelProvider, modelId, baseUrl, fallbackModels, allowFrom, callbackUrl } = deployment;
  return {
    name: name ?? "",
    modelProvider: PROVIDERS.find(({ value }) => value === modelProvider)?.value ?? "anthropic",
    modelId: modelId ?? "",
    baseUrl: baseUrl ?? "",
    fallbackModels: fallbackModels ?? [],
    telegramBotToken: "",
    modelApiKey: "",
    allowFrom: allowFrom ?? [],
    callbackUrl: callbackUrl ?? "",
  };
}

/** What PATCH is sent: the fields that differ; undefined if none does. */
export function changesOf(stored: Settings, values: Settings): PatchBody | undefined {
  const body: PatchBody = {
    ...(values.name !== stored.name && { name: values.name }),
    ...(values.modelProvider !== stored.modelProvider && { modelProvider: values.modelProvider }),
    ...(values.modelId !== stored.modelId && { modelId: values.modelId }),
    ...(values.modelProvider === COMPATIBLE &&
      values.baseUrl !== stored.baseUrl && { baseUrl: values.baseUrl.trim() }),
    ...(values.fallbackModels.join("\n") !== stored.fallbackModels.join("\n") && {
      fallbackModels: values.fallbackModels,
    }),
    ...(values.telegramBotToken && { telegramBotToken: values.telegramBotToken }),
    ...(values.modelApiKey && { modelApiKey: values.modelApiKey }),
    ...(values.allowFrom.join() !== stored.allowFrom.join() && { allowFrom: values.allowFrom }),
    ...(values.callbackUrl !== stored.callbackUrl && { callbackUrl: values.callbackUrl.trim() || null }),
  };
  return Object.keys(body).length > 0 ? body : undefined;
}

/** Those that its assistant knows of: the others take effect at once, whatever it does. */
export function reachesAssistant(body: PatchBody): boolean {
  return Object.keys(body).some((field) => field !== "name" && field !== "callbackUrl");
}
