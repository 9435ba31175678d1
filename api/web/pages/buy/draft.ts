// What was typed into the form of a slot, for who leaves it and comes back. Secrets stay in memory alone.
import type { Deployment } from "../../api/deployments.ts";
import type { ModelProvider } from "../../api/shapes.ts";
import { PROVIDERS } from "../../parts/providers.ts";

export interface Draft extends Record<string, unknown> {
  readonly name: string;
  readonly modelProvider: ModelProvider;
  readonly modelId: string;
  readonly baseUrl: string;
  readonly fallbackModels: string[];
  readonly telegramBotToken: string;
  readonly modelApiKey: string;
  readonly allowFrom: string[];
  readonly callbackUrl: string;
}

const drafts = new Map<string, Draft>();
const keyOf = (id: string) => `berth-draft-${id}`;

export function keepDraft(id: string, draft: Draft): void {
  drafts.set(id, draft);
  sessionStorage.setItem(keyOf(id), JSON.stringify({ ...draft, telegramBotToken: "", modelApiKey: "" }));
}

export function dropDraft(id: string): void {
  drafts.delete(id);
  sessionStorage.removeItem(keyOf(id));
}

/** What was typed last; else what the record has of an activation that failed; else nothing. */
export function draftOf(deployment: Deployment, providers: readonly ModelProvider[]): Draft {
  const { deploymentId: id, name, modelProvider, modelId, baseUrl, fallbackModels } = deployment;
  const provider = PROVIDERS.find(({ value }) => value === modelProvider)?.value;
  const ofRecord: Draft = {
    name: name ?? "",
    modelProvider: provider ?? providers[0] ?? "anthropic",
    modelId: modelId ?? "",
    baseUrl: baseUrl ?? "",
    fallbackModels: fallbackModels ?? [],
    telegramBotToken: "",
    modelApiKey: "",
    allowFrom: deployment.allowFrom ?? [],
    callbackUrl: deployment.callbackUrl ?? "",
  };
  return { ...ofRecord, ...stored(id), ...drafts.get(id) };
}

function stored(id: string): Partial<Draft> {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(id)) ?? "{}") as Partial<Draft>;
  } catch {
    return {};
  }
}
